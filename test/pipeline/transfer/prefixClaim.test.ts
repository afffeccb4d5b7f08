// Against a real S3 server.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { check, create, diff } from "../../../pipeline/transfer/prefixClaim.ts";
import { prefix, put, startS3 } from "../fixtures/s3.ts";

const { client, connection } = await startS3();

function claim(name: string, owner = "mine") {
    return { location: prefix(name), owner, s3: connection };
}

function mark(name: string, stack: string, id = "theirs") {
    return put(client, `${name}/.aframe-owner.json`, JSON.stringify({ stack, project: "aframe", claim: id }));
}

describe("the claim to a prefix", () => {
    it("is granted when the prefix is free, with a mark of its own that it then keeps", async () => {
        const { inputs } = await check({}, claim("free"));
        assert.match(inputs.claim ?? "", /^[0-9a-f-]{36}$/);
        assert.equal((await create(inputs)).id, "s3://data/free");
        await mark("free", "mine", inputs.claim);
        assert.equal((await create(inputs)).id, "s3://data/free");
        assert.deepEqual(await check(inputs, claim("free")), { inputs });
        assert.notEqual((await check({}, claim("other"))).inputs.claim, inputs.claim);
    });

    it("is refused to a stack of the same name that is somebody else's, or has lost its state", async () => {
        await mark("same", "mine");
        const { failures } = await check({}, claim("same"));
        assert.match(failures?.[0]?.reason ?? "", /belongs to the stack mine \(claim theirs\): choose another/);
        assert.match(failures?.[0]?.reason ?? "", /state is lost, delete s3:\/\/data\/same\/\.aframe-owner\.json/);
    });

    it("is refused in a preview already when another stack owns it", async () => {
        await mark("taken", "theirs");
        const { failures } = await check({}, claim("taken"));
        assert.equal(failures?.[0]?.property, "location");
        assert.match(failures[0].reason, /s3:\/\/data\/taken belongs to the stack theirs \(claim theirs\): choose/);
        await assert.rejects(create(claim("taken")), /belongs to the stack theirs/);
    });

    it("does not take a neighbour for the prefix it starts like", async () => {
        await mark("run10", "theirs");
        assert.equal((await check({}, claim("run1"))).failures, undefined);
    });

    it("asks the server no more once it is held", async () => {
        const unreachable = { ...claim("own"), s3: { endpoint: "http://127.0.0.1:1" } };
        const held = { ...claim("own"), claim: "held" };
        assert.deepEqual(await check(held, unreachable), { inputs: { ...unreachable, claim: "held" } });
    });

    it("moves to another prefix by a new claim, and takes new credentials as they are", () => {
        assert.deepEqual(diff(claim("a"), claim("b")), { changes: true, replaces: ["location"] });
        const rotated = { ...claim("a"), s3: { ...connection, secretAccessKey: "new" } };
        assert.deepEqual(diff(claim("a"), rotated), { changes: true, replaces: [] });
        assert.deepEqual(diff(claim("a"), claim("a")), { changes: false, replaces: [] });
    });
});

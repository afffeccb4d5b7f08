// Against a real S3 server.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { check, create, diff } from "../../../pipeline/transfer/prefixClaim.ts";
import { prefix, put, startS3 } from "../fixtures/s3.ts";

const { client, connection } = await startS3();

function claim(name: string, owner = "mine") {
    return { location: prefix(name), owner, s3: connection };
}

function mark(name: string, stack: string) {
    return put(client, `${name}/.aframe-owner.json`, JSON.stringify({ stack, project: "aframe" }));
}

describe("the claim to a prefix", () => {
    it("is granted when the prefix is free, or this stack's own", async () => {
        assert.deepEqual(await check({}, claim("free")), { inputs: claim("free") });
        await mark("own", "mine");
        assert.deepEqual(await check({}, claim("own")), { inputs: claim("own") });
        assert.equal((await create(claim("own"))).id, "s3://data/own");
    });

    it("is refused in a preview already when another stack owns it", async () => {
        await mark("taken", "theirs");
        const { failures } = await check({}, claim("taken"));
        assert.equal(failures?.[0]?.property, "location");
        assert.match(failures[0].reason, /s3:\/\/data\/taken belongs to the stack theirs: choose another directory/);
        await assert.rejects(create(claim("taken")), /belongs to the stack theirs/);
    });

    it("does not take a neighbour for the prefix it starts like", async () => {
        await mark("run10", "theirs");
        assert.deepEqual(await check({}, claim("run1")), { inputs: claim("run1") });
    });

    it("asks the server no more once it is held", async () => {
        const unreachable = { ...claim("own"), s3: { endpoint: "http://127.0.0.1:1" } };
        assert.deepEqual(await check(claim("own"), unreachable), { inputs: unreachable });
    });

    it("moves to another prefix by a new claim, and takes new credentials as they are", () => {
        assert.deepEqual(diff(claim("a"), claim("b")), { changes: true, replaces: ["location"] });
        const rotated = { ...claim("a"), s3: { ...connection, secretAccessKey: "new" } };
        assert.deepEqual(diff(claim("a"), rotated), { changes: true, replaces: [] });
        assert.deepEqual(diff(claim("a"), claim("a")), { changes: false, replaces: [] });
    });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { create, diff, type PrefixContentsState, remove, update } from "../../../pipeline/transfer/prefixContents.ts";
import { countObjects, purgePrefix } from "../../../pipeline/transfer/purge.ts";
import { keys, prefix, put, startS3 } from "../fixtures/s3.ts";

const { client, connection } = await startS3();

async function own(name: string, stack: string): Promise<void> {
    await put(client, `${name}/.aframe-owner.json`, JSON.stringify({ project: "aframe", stack }));
}

function contents(name: string, rest: Partial<PrefixContentsState> = {}): PrefixContentsState {
    return { location: prefix(name), owner: "run1", artifacts: "delete", s3: connection, ...rest };
}

test("deletes all that a stack owns, over several pages, but the marker", async () => {
    await own("run1", "run1");
    await own("run10", "run10");
    await put(client, "run10/model.pt", "m");
    await put(client, "run1", "an object with the prefix's very name");
    const names = Array.from({ length: 2300 }, (_, i) => `run1/data/wäve ${i}%+.hdf5`);
    // What the pods of a training leave beside the model.
    names.push("run1/logs/pod-1/train.log");
    await pLimit(16).map(names, (name) => put(client, name, "x"));
    await client.send(new CreateMultipartUploadCommand({ Bucket: "data", Key: "run1/half" }));
    await client.send(new CreateMultipartUploadCommand({ Bucket: "data", Key: "run10/half" }));

    assert.deepEqual(await countObjects(client, prefix("run1")), { objects: 2301, bytes: 2301, more: false });
    await remove(contents("run1"));
    assert.deepEqual(await keys(client, "run1"), [
        "run1",
        "run1/.aframe-owner.json",
        "run10/.aframe-owner.json",
        "run10/model.pt",
    ]);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: "data" }));
    assert.deepEqual(
        Uploads.map(({ Key }) => Key),
        ["run10/half"],
    );
});

test("keeps everything but unfinished uploads unless deletion was asked for", async () => {
    await own("kept", "run1");
    await put(client, "kept/model.pt", "m");
    await client.send(new CreateMultipartUploadCommand({ Bucket: "data", Key: "kept/half" }));
    await remove(contents("kept", { artifacts: "retain" }));
    assert.deepEqual(await keys(client, "kept/"), ["kept/.aframe-owner.json", "kept/model.pt"]);
    const left = await client.send(new ListMultipartUploadsCommand({ Bucket: "data", Prefix: "kept/" }));
    assert.deepEqual(left.Uploads ?? [], []);
});

test("what stays does not need a server that answers", async () => {
    const s3 = { ...connection, endpoint: "http://127.0.0.1:9" };
    await remove(contents("kept", { artifacts: "retain", s3 }));
});

test("touches nothing without a marker that names the stack", async () => {
    await put(client, "unmarked/model.pt", "m");
    await assert.rejects(remove(contents("unmarked")), /s3:\/\/data\/unmarked has no ownership marker/);
    await own("foreign", "other");
    await put(client, "foreign/model.pt", "m");
    await assert.rejects(
        remove(contents("foreign")),
        /foreign belongs to the stack other, not to run1; it is not touched/,
    );
    await put(client, "broken/.aframe-owner.json", "{");
    await put(client, "broken/model.pt", "m");
    await assert.rejects(remove(contents("broken")), /has no ownership marker/);
    for (const name of ["unmarked", "foreign", "broken"]) {
        assert.ok((await keys(client, `${name}/`)).includes(`${name}/model.pt`));
    }
});

test("a whole bucket is never purged", async () => {
    const bucket = { ...prefix("x"), prefix: "/" };
    await assert.rejects(purgePrefix(client, bucket, "run1"), /s3:\/\/data has no prefix/);
});

test("is made only where the marker names the stack", async () => {
    await own("mine", "run1");
    const state = contents("mine");
    assert.deepEqual(await create(state), { id: "s3://data/mine", outs: state });
    await assert.rejects(create(contents("nowhere")), /no ownership marker/);
    await assert.rejects(update(contents("mine", { owner: "run2" })), /belongs to the stack run1, not to run2/);
});

test("no edit is a replacement, whose deletion would purge the prefix that is left", () => {
    const olds = contents("p");
    assert.deepEqual(diff(olds, contents("p")), { changes: false, replaces: [] });
    assert.deepEqual(diff(olds, contents("q")), { changes: true, replaces: [] });
    assert.deepEqual(diff(olds, contents("p", { owner: "x" })), { changes: true, replaces: [] });
    assert.deepEqual(diff(olds, contents("p", { artifacts: "retain" })), { changes: true, replaces: [] });
    const rotated = contents("p", { s3: { ...connection, secretAccessKey: "new" } });
    assert.deepEqual(diff(olds, rotated), { changes: true, replaces: [] });
    assert.deepEqual(diff({ ...olds, __provider: "old text" } as PrefixContentsState, contents("p")).changes, false);
});

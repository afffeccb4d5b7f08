// Transfers that end before their end: the next attempt or run moves only what is missing.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { createClient } from "../../../pipeline/transfer/client.ts";
import { downloadArtefacts } from "../../../pipeline/transfer/download.ts";
import type { TransferOptions } from "../../../pipeline/transfer/options.ts";
import { partialFile } from "../../../pipeline/transfer/partial.ts";
import { uploadStage } from "../../../pipeline/transfer/upload.ts";
import { readNotes } from "../../../pipeline/transfer/uploadNotes.ts";
import { scratchFolder, writeArtefacts } from "../fixtures/artefacts.ts";
import { keys, prefix, put, startS3 } from "../fixtures/s3.ts";
import { startFaultProxy } from "./faults/proxy.ts";

const KiB = 1024;
const { client, connection } = await startS3({
    S3_UPLOAD_PART_MIN_SIZE: String(100 * KiB),
    MOTO_S3_DEFAULT_KEY_BUFFER_SIZE: String(KiB ** 2),
});
const proxy = await startFaultProxy(connection.endpoint ?? "");
const proxied = { ...connection, endpoint: proxy.endpoint };
const through = createClient(proxied);
/** One part at a time. */
const inTurn: TransferOptions = { multipartBytes: 300 * KiB, partBytes: 100 * KiB, parallel: 1, minDelayMs: 1 };
const denied = { type: "refuse", status: 403, code: "AccessDenied" } as const;

function partsSent(): string[] {
    return proxy.requests.flatMap((line) => /partNumber=\d+/.exec(line) ?? []);
}

async function unfinished(start: string): Promise<number> {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: "data", Prefix: start }));
    return Uploads.length;
}

/** Uploads a file of four parts, of which the server refuses the third. */
async function interruptedUpload(root: string, name: string, notes: string) {
    const manifest = await writeArtefacts(root, { "big.hdf5": 350 * KiB });
    // Manifest, list, unfinished uploads, start, two parts.
    proxy.follow([...Array<undefined>(6).fill(undefined), denied]);
    await assert.rejects(uploadStage(through, root, prefix(name), manifest, { ...inTurn, notes }), /part 3 of 4/);
    proxy.follow([]);
    return manifest;
}

test("an upload that was killed goes on with the parts that are missing", async (t) => {
    const [root, to, notes] = [await scratchFolder(t), await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(root, { "big.hdf5": 350 * KiB });
    const location = prefix("killed/data");
    const order = JSON.stringify({ connection: proxied, root, location, manifest, options: { ...inTurn, notes } });
    proxy.follow([]);
    const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve("./uploadOnce.ts")), order]);
    proxy.meanwhile = async (line) => {
        if (line.includes("partNumber=3")) {
            child.kill("SIGKILL");
            await once(child, "exit");
        }
    };
    await once(child, "exit");
    proxy.meanwhile = () => undefined;
    assert.equal(child.signalCode, "SIGKILL");
    assert.deepEqual(await keys(client, "killed/"), []);

    proxy.follow([]);
    const found: number[] = [];
    const options = { ...inTurn, notes, onFound: (bytes: number) => found.push(bytes) };
    const sent = await uploadStage(through, root, location, manifest, options);
    // The third may have arrived whole just before.
    assert.ok(!partsSent().includes("partNumber=1") && !partsSent().includes("partNumber=2"));
    assert.ok(partsSent().includes("partNumber=4"));
    assert.equal(sent.bytes + found.reduce((sum, bytes) => sum + bytes), 350 * KiB);
    await downloadArtefacts(client, location, to, manifest.artefacts);
    assert.deepEqual(await readFile(`${to}/big.hdf5`), await readFile(`${root}/big.hdf5`));
    assert.deepEqual(await readdir(notes), []);
    assert.equal(await unfinished("killed/"), 0);
});

test("a part that is not what the file holds is sent again", async (t) => {
    const [root, notes] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await interruptedUpload(root, "other-part", notes);
    const [note] = await readNotes(notes);
    assert.ok(note);
    const { address, uploadId: UploadId } = note;
    const Body = Buffer.alloc(100 * KiB);
    await client.send(new UploadPartCommand({ ...address, UploadId, PartNumber: 2, Body }));
    await uploadStage(through, root, prefix("other-part"), manifest, { ...inTurn, notes });
    assert.deepEqual(partsSent(), ["partNumber=2", "partNumber=3", "partNumber=4"]);
});

test("an upload of contents that have changed since is thrown away", async (t) => {
    const [root, notes] = [await scratchFolder(t), await scratchFolder(t)];
    await interruptedUpload(root, "edited", notes);
    assert.equal(await unfinished("edited/"), 1);
    const edited = await writeArtefacts(root, { "big.hdf5": 350 * KiB });
    await uploadStage(through, root, prefix("edited"), edited, { ...inTurn, notes });
    assert.equal(partsSent().length, 4);
    assert.equal(await unfinished("edited/"), 0);
});

test("an upload of an artefact that is not made any more is thrown away", async (t) => {
    const [root, notes] = [await scratchFolder(t), await scratchFolder(t)];
    await interruptedUpload(root, "gone", notes);
    await uploadStage(client, root, prefix("gone"), await writeArtefacts(root, { "a.hdf5": 5 }), { ...inTurn, notes });
    assert.equal(await unfinished("gone/"), 0);
    assert.deepEqual(await readdir(notes), []);
});

test("an upload that somebody aborted is begun again", async (t) => {
    const [root, notes] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await interruptedUpload(root, "aborted", notes);
    const [note] = await readNotes(notes);
    assert.ok(note);
    await client.send(new AbortMultipartUploadCommand({ ...note.address, UploadId: note.uploadId }));
    await uploadStage(through, root, prefix("aborted"), manifest, { ...inTurn, notes });
    assert.equal(partsSent().length, 4);
});

test("an upload whose completion was not heard of is complete", async (t) => {
    const [root, notes] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(root, { "big.hdf5": 350 * KiB });
    proxy.follow([...Array<undefined>(8).fill(undefined), { type: "resetAnswer", at: 0 }]);
    await uploadStage(through, root, prefix("unheard"), manifest, { ...inTurn, notes });
    assert.equal(partsSent().length, 4);
    assert.equal(proxy.requests.filter((line) => line.startsWith("POST") && line.includes("uploadId")).length, 2);
});

test("a file that is changed while its parts are sent never becomes an object", async (t) => {
    const root = await scratchFolder(t);
    const manifest = await writeArtefacts(root, { "big.hdf5": 350 * KiB });
    proxy.follow([]);
    proxy.meanwhile = (line) => (line.includes("partNumber=2") ? appendFile(`${root}/big.hdf5`, "x") : undefined);
    await assert.rejects(
        uploadStage(through, root, prefix("moving"), manifest, inTurn),
        /big\.hdf5 was changed while it was sent/,
    );
    proxy.meanwhile = () => undefined;
    assert.deepEqual(await keys(client, "moving/"), []);
    assert.equal(await unfinished("moving/"), 0);
});

test("a download goes on from the bytes that have arrived, within a run and in the next one", async (t) => {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "a.hdf5": 1000 });
    await uploadStage(client, from, prefix("ranges"), manifest);
    proxy.follow([{ type: "resetAnswer", at: 0.4 }, { type: "truncate", at: 0.5 }, denied]);
    const fetch = (options: TransferOptions) =>
        downloadArtefacts(through, prefix("ranges"), to, manifest.artefacts, { ...inTurn, ...options });
    await assert.rejects(fetch({}), /fetching s3:\/\/data\/ranges\/a\.hdf5: AccessDenied/);
    const found: number[] = [];
    await fetch({ onFound: (bytes) => found.push(bytes) });
    assert.deepEqual(found, [700]);
    assert.deepEqual(proxy.requests, [
        "GET /data/ranges/a.hdf5?x-id=GetObject",
        "GET /data/ranges/a.hdf5?x-id=GetObject bytes=400-",
        "GET /data/ranges/a.hdf5?x-id=GetObject bytes=700-",
        "GET /data/ranges/a.hdf5?x-id=GetObject bytes=700-",
    ]);
    assert.deepEqual(await readFile(`${to}/a.hdf5`), await readFile(`${from}/a.hdf5`));
    assert.deepEqual(await readdir(to), ["a.hdf5"]);
});

test("what had arrived and is damaged, or of other contents, is fetched again", async (t) => {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "a.hdf5": 1000 });
    await uploadStage(client, from, prefix("spoilt"), manifest);
    const file = `${to}/a.hdf5`;
    await writeFile(partialFile(file, manifest.artefacts[0]?.sha256), "no bytes of a.hdf5");
    await writeFile(partialFile(file, "0".repeat(64)), "of another a.hdf5");
    await downloadArtefacts(client, prefix("spoilt"), to, manifest.artefacts, inTurn);
    assert.deepEqual(await readFile(file), await readFile(`${from}/a.hdf5`));
    assert.deepEqual(await readdir(to), ["a.hdf5"]);
});

test("an object that is replaced while it is fetched is not put together from both", async (t) => {
    const to = await scratchFolder(t);
    await put(client, "replaced/a.hdf5", "a".repeat(1000));
    proxy.follow([{ type: "resetAnswer", at: 0.5 }]);
    proxy.meanwhile = async () => {
        if (proxy.requests.length === 2) {
            await put(client, "replaced/a.hdf5", "b".repeat(1000));
        }
    };
    await downloadArtefacts(through, prefix("replaced"), to, [{ name: "a.hdf5", size: 1000 }], inTurn);
    proxy.meanwhile = () => undefined;
    assert.equal(await readFile(`${to}/a.hdf5`, "utf8"), "b".repeat(1000));
    assert.equal(proxy.requests.length, 3);
});

// Uploads and downloads against a real server, undisturbed and disturbed.
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { createClient } from "../../../pipeline/transfer/client.ts";
import { downloadArtefacts } from "../../../pipeline/transfer/download.ts";
import { fetchManifest, putManifest } from "../../../pipeline/transfer/manifestObject.ts";
import { partSize } from "../../../pipeline/transfer/multipart.ts";
import type { TransferOptions } from "../../../pipeline/transfer/options.ts";
import { abortUploads } from "../../../pipeline/transfer/unfinished.ts";
import { uploadStage } from "../../../pipeline/transfer/upload.ts";
import { missingOnS3 } from "../../../pipeline/transfer/verify.ts";
import { manifestOf, scratchFolder, writeArtefacts } from "../fixtures/artefacts.ts";
import { keys, prefix, put, startProxy, startS3 } from "../fixtures/s3.ts";

const { client, connection } = await startS3();
const proxy = await startProxy(connection.endpoint ?? "");
const through = createClient({ ...connection, endpoint: proxy.endpoint });
const MiB = 1024 ** 2;
/** Parts of the smallest size that S3 knows, and no long waits. */
const small: TransferOptions = { multipartBytes: 12 * MiB, partBytes: 5 * MiB, minDelayMs: 10 };
const awkward = { "background/a b+c%2F.hdf5": 1000, "wäve/ünï’code.txt": 10, "empty.txt": 0, "big.hdf5": 12 * MiB + 7 };

async function assertSame(from: string, to: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
        assert.deepEqual(await readFile(path.join(to, name)), await readFile(path.join(from, name)), name);
    }
}

test("what is uploaded comes back byte for byte, whatever its name and size", async (t) => {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, awkward);
    const location = prefix("roundtrip/data");
    let bytes = 0;
    const onBytes = (count: number) => {
        bytes += count;
    };
    const sent = await uploadStage(client, from, location, manifest, { ...small, onBytes });
    assert.deepEqual(sent, { files: 4, bytes: 12 * MiB + 1017 });
    assert.equal(bytes, sent.bytes);
    assert.deepEqual(await fetchManifest(client, location, "Fetch"), manifest);
    await downloadArtefacts(client, location, to, manifest.artefacts, small);
    await assertSame(from, to, Object.keys(awkward));
    assert.deepEqual((await readdir(to)).sort(), ["background", "big.hdf5", "empty.txt", "wäve"]);
});

test("every object carries its SHA-256, in parts or whole", async (t) => {
    const root = await scratchFolder(t);
    const manifest = await writeArtefacts(root, awkward);
    await uploadStage(client, root, prefix("metadata"), manifest, small);
    for (const { name, sha256, size } of manifest.artefacts) {
        const head = await client.send(new HeadObjectCommand({ Bucket: "data", Key: `metadata/${name}` }));
        assert.equal(head.Metadata?.sha256, sha256);
        assert.equal(head.ContentLength, size);
    }
});

test("a second upload sends nothing, one after an interruption only what is missing", async (t) => {
    const root = await scratchFolder(t);
    const manifest = await writeArtefacts(root, { "a.hdf5": 100, "b.hdf5": 200, "c.hdf5": 300 });
    const location = prefix("resume");
    const stop = new AbortController();
    proxy.plan = (method, url) => {
        if (method === "PUT" && url.includes("b.hdf5")) {
            stop.abort(new Error("stopped"));
        }
        return undefined;
    };
    const options = { ...small, parallel: 1, signal: stop.signal };
    await assert.rejects(uploadStage(through, root, location, manifest, options), /stopped/);
    proxy.plan = () => undefined;
    assert.equal(await fetchManifest(client, location, "Fetch"), undefined);
    assert.ok((await uploadStage(client, root, location, manifest, small)).files < 3);
    assert.deepEqual(await uploadStage(client, root, location, manifest, small), { files: 0, bytes: 0 });
});

test("an object of the same size with other contents is sent again", async (t) => {
    const root = await scratchFolder(t);
    const manifest = await writeArtefacts(root, { "a.hdf5": 5 });
    await put(client, "same-size/a.hdf5", "hello", { sha256: "0".repeat(64) });
    assert.equal((await missingOnS3(client, prefix("same-size"), manifest.artefacts)).length, 1);
    await uploadStage(client, root, prefix("same-size"), manifest, small);
    const { Body } = await client.send(new GetObjectCommand({ Bucket: "data", Key: "same-size/a.hdf5" }));
    assert.deepEqual(Buffer.from((await Body?.transformToByteArray()) ?? []), await readFile(`${root}/a.hdf5`));
});

test("a new run replaces the manifest last, and what it no longer makes is deleted", async (t) => {
    const root = await scratchFolder(t);
    const location = prefix("rerun");
    await put(client, "rerun/foreign.txt", "not of this stage");
    await uploadStage(client, root, location, await writeArtefacts(root, { "a.hdf5": 5, "b.hdf5": 6 }), small);
    const second = await writeArtefacts(root, { "b.hdf5": 7, "c.hdf5": 8 });
    proxy.requests.length = 0;
    await uploadStage(through, root, location, second, small);
    const writes = proxy.requests.filter((line) => !/^(GET|HEAD)/.test(line)).map((line) => line.split("?", 1)[0]);
    assert.equal(writes[0], "DELETE /data/rerun/.aframe/Fetch.manifest.json");
    assert.equal(writes.at(-1), "PUT /data/rerun/.aframe/Fetch.manifest.json");
    assert.deepEqual(await keys(client, "rerun/"), [
        "rerun/.aframe/Fetch.manifest.json",
        "rerun/b.hdf5",
        "rerun/c.hdf5",
        "rerun/foreign.txt",
    ]);
});

test("bursts of 503, resets and cut answers are survived", async (t) => {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "a.hdf5": 300_000, "b.hdf5": 10, "big.hdf5": 13 * MiB });
    const location = prefix("faults");
    const slow = "<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>";
    const seen = new Map<string, number>();
    proxy.plan = (method, url) => {
        const line = `${method} ${url}`;
        const count = (seen.get(line) ?? 0) + 1;
        seen.set(line, count);
        return (
            [
                { type: "answer", status: 503, body: slow },
                { type: method === "GET" ? "cut" : "reset", bytes: 5 },
                { type: "answer", status: 500, body: "not XML at all" },
            ] as const
        )[count - 1];
    };
    const retries: string[] = [];
    const options: TransferOptions = { ...small, onRetry: (line) => retries.push(line) };
    let bytes = 0;
    await uploadStage(through, from, location, manifest, {
        ...options,
        onBytes: (count) => {
            bytes += count;
        },
    });
    assert.equal(bytes, 300_010 + 13 * MiB);
    seen.clear();
    await downloadArtefacts(through, location, to, manifest.artefacts, options);
    proxy.plan = () => undefined;
    await assertSame(from, to, ["a.hdf5", "b.hdf5", "big.hdf5"]);
    assert.ok(retries.some((line) => /SlowDown \(HTTP 503\).*; trying again in \d+ s/.test(line)));
});

test("a server that falls silent is asked again", async (t) => {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "a.hdf5": 1000 });
    const impatient = createClient({ ...connection, endpoint: proxy.endpoint }, 300);
    const stalled = new Set<string>();
    proxy.plan = (method, url) => {
        const first = !stalled.has(method + url);
        stalled.add(method + url);
        return first ? { type: "stall" } : undefined;
    };
    await uploadStage(impatient, from, prefix("stall"), manifest, small);
    await downloadArtefacts(impatient, prefix("stall"), to, manifest.artefacts, small);
    proxy.plan = () => undefined;
    assert.ok(stalled.size >= 4);
    await assertSame(from, to, ["a.hdf5"]);
});

test("an error inside the 200 of a completed multipart upload is no success", async (t) => {
    const root = await scratchFolder(t);
    const manifest = await writeArtefacts(root, { "big.hdf5": 13 * MiB });
    const body = "<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>";
    proxy.plan = (method, url) =>
        method === "POST" && url.includes("uploadId") ? { type: "answer", status: 200, body } : undefined;
    await assert.rejects(
        uploadStage(through, root, prefix("complete"), manifest, { ...small, retries: 1 }),
        /completing s3:\/\/data\/complete\/big\.hdf5: InternalError/,
    );
    proxy.plan = () => undefined;
    assert.deepEqual(await keys(client, "complete/"), []);
    const left = await client.send(new ListMultipartUploadsCommand({ Bucket: "data", Prefix: "complete/" }));
    assert.deepEqual(left.Uploads ?? [], []);
});

test("a server that is long in making an object of its parts is waited for", async (t) => {
    const root = await scratchFolder(t);
    const manifest = await writeArtefacts(root, { "big.hdf5": 13 * MiB });
    const gone = "<Error><Code>NoSuchUpload</Code><Message>There is none.</Message></Error>";
    let [completions, looks] = [0, 0];
    proxy.plan = (method, url) => {
        if (method === "POST" && url.includes("uploadId")) {
            completions++;
            // The first answer is lost, as after a long silence; from then on there is no such upload.
            return completions === 1 ? { type: "cut", bytes: 0 } : { type: "answer", status: 404, body: gone };
        }
        const isLook = method === "HEAD" && url.endsWith("big.hdf5") && completions > 1;
        looks += isLook ? 1 : 0;
        return isLook && looks < 5 ? { type: "answer", status: 404, body: "" } : undefined;
    };
    await uploadStage(through, root, prefix("slow"), manifest, { ...small, retries: 1 });
    proxy.plan = () => undefined;
    assert.deepEqual([completions, looks], [2, 5]);
    assert.ok((await keys(client, "slow/")).includes("slow/.aframe/Fetch.manifest.json"));
});

for (const [status, code] of [
    [403, "AccessDenied"],
    [404, "NoSuchBucket"],
] as const) {
    test(`${status} is final and says what was tried`, async (t) => {
        const root = await scratchFolder(t);
        const manifest = await writeArtefacts(root, { "a.hdf5": 5 });
        proxy.requests.length = 0;
        proxy.plan = (method) =>
            method === "PUT"
                ? { type: "answer", status, body: `<Error><Code>${code}</Code><Message>No.</Message></Error>` }
                : undefined;
        await assert.rejects(uploadStage(through, root, prefix(`final${status}`), manifest, small), (error: Error) => {
            assert.match(
                error.message,
                new RegExp(`^sending s3://data/final${status}/a.hdf5: ${code}.*HTTP ${status}`),
            );
            assert.ok(!error.message.includes(connection.secretAccessKey ?? ""));
            return true;
        });
        proxy.plan = () => undefined;
        assert.equal(proxy.requests.filter((line) => line.startsWith("PUT")).length, 1);
    });
}

test("a flipped bit on the way is noticed and fetched again", async (t) => {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "a.hdf5": 1000 });
    await uploadStage(client, from, prefix("flip"), manifest, small);
    let flips = 0;
    proxy.plan = (method) => (method === "GET" && flips++ === 0 ? { type: "flip" } : undefined);
    await downloadArtefacts(through, prefix("flip"), to, manifest.artefacts, small);
    proxy.plan = () => undefined;
    assert.ok(flips > 1);
    await assertSame(from, to, ["a.hdf5"]);
});

test("an object that was corrupted on the server is never put in place", async (t) => {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "a.hdf5": 5 });
    await uploadStage(client, from, prefix("corrupt"), manifest, small);
    await put(client, "corrupt/a.hdf5", "hello", { sha256: manifest.artefacts[0]?.sha256 ?? "" });
    await assert.rejects(
        downloadArtefacts(client, prefix("corrupt"), to, manifest.artefacts, { ...small, retries: 2 }),
        /fetching s3:\/\/data\/corrupt\/a\.hdf5: IntegrityError: got 5 bytes with SHA-256 2cf24d.*expected are 5 bytes/,
    );
    assert.deepEqual(await readdir(to), []);
});

test("a file that was changed after its stage ended is not sent", async (t) => {
    const root = await scratchFolder(t);
    const manifest = await writeArtefacts(root, { "a.hdf5": 5 });
    await writeFile(`${root}/a.hdf5`, "longer than before");
    await assert.rejects(
        uploadStage(client, root, prefix("changed"), manifest, small),
        /a\.hdf5 has 18 bytes, 5 when its stage ended: it was changed since/,
    );
});

for (const name of ["../outside", "/etc/passwd", "a/../../b", "a//b", "", "."]) {
    test(`a manifest with the name ${JSON.stringify(name)} is refused`, async (t) => {
        const evil = manifestOf([{ name, size: 1, sha256: "0".repeat(64) }]);
        await putManifest(client, prefix("evil"), evil);
        await assert.rejects(fetchManifest(client, prefix("evil"), "Fetch"), /does not stay inside its directory/);
        const to = await scratchFolder(t);
        await assert.rejects(downloadArtefacts(client, prefix("evil"), to, evil.artefacts), /does not stay inside/);
    });
}

test("parts grow so that no object needs more than 10,000", () => {
    const GiB = 1024 ** 3;
    assert.equal(partSize(2 * GiB, {}), GiB / 4);
    assert.ok(Math.ceil((5000 * GiB) / partSize(5000 * GiB, {})) <= 10_000);
});

test("unfinished uploads are aborted under the prefix that is named and nowhere else", async (t) => {
    const root = await scratchFolder(t);
    const manifest = await writeArtefacts(root, { "big.hdf5": 13 * MiB });
    for (const name of ["run1", "run10"]) {
        proxy.plan = (method, url) =>
            method === "DELETE" || (method === "POST" && url.includes("uploadId"))
                ? { type: "answer", status: 400, body: "<Error><Code>No</Code></Error>" }
                : undefined;
        await assert.rejects(uploadStage(through, root, prefix(name), manifest, small));
    }
    proxy.plan = () => undefined;
    assert.equal(await abortUploads(client, "data", "run1/", () => true), 1);
    const left = await client.send(new ListMultipartUploadsCommand({ Bucket: "data", Prefix: "run" }));
    assert.deepEqual(
        left.Uploads?.map(({ Key }) => Key),
        ["run10/big.hdf5"],
    );
});

// What no repetition cures is final, in words that help; and what one cures after all.
import assert from "node:assert/strict";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { createClient } from "../../../pipeline/transfer/client.ts";
import { downloadArtefacts } from "../../../pipeline/transfer/download.ts";
import { listSizes } from "../../../pipeline/transfer/listing.ts";
import type { TransferOptions } from "../../../pipeline/transfer/options.ts";
import { partialFile } from "../../../pipeline/transfer/partial.ts";
import { uploadStage } from "../../../pipeline/transfer/upload.ts";
import { scratchFolder, writeArtefacts } from "../fixtures/artefacts.ts";
import { prefix, put, startS3 } from "../fixtures/s3.ts";
import type { Fault } from "./faults/fault.ts";
import { startFaultProxy } from "./faults/proxy.ts";

const { client, connection } = await startS3();
const proxy = await startFaultProxy(connection.endpoint ?? "");
const through = createClient({ ...connection, endpoint: proxy.endpoint });
const quick: TransferOptions = { minDelayMs: 1 };
const expired: Fault = { type: "refuse", status: 400, code: "ExpiredToken" };

test("a full disk is told with the file, once, and leaves nothing under the file's name", async (t) => {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "a.hdf5": 1000 });
    await uploadStage(client, from, prefix("full"), manifest);
    const partial = partialFile(`${to}/a.hdf5`, manifest.artefacts[0]?.sha256);
    await symlink("/dev/full", partial);
    proxy.follow([]);
    await assert.rejects(downloadArtefacts(through, prefix("full"), to, manifest.artefacts, quick), {
        message:
            `fetching s3://data/full/a.hdf5: cannot write ${partial}: no space is left on its disk; free some, ` +
            "and the next run goes on from here (ENOSPC)",
    });
    assert.equal(proxy.requests.length, 1);
    assert.deepEqual(await readdir(to), []);
});

test("a place that cannot be written is told with the file", async (t) => {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "background/a.hdf5": 5 });
    await writeFile(`${to}/background`, "a file where the folder belongs");
    await assert.rejects(downloadArtefacts(client, prefix("nowhere"), to, manifest.artefacts, quick), {
        message: `cannot write ${to}/background/a.hdf5: a file lies where one of its folders should be (EEXIST)`,
    });
    assert.equal(await readFile(`${to}/background`, "utf8"), "a file where the folder belongs");
});

test("an artefact that is gone is told with its file", async (t) => {
    const [from, empty] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "a.hdf5": 5 });
    await assert.rejects(uploadStage(client, empty, prefix("gone"), manifest, quick), {
        message: `cannot read ${empty}/a.hdf5: it is not there (ENOENT)`,
    });
});

test("credentials that have expired are final when there are no others", async () => {
    proxy.follow([expired]);
    await assert.rejects(listSizes(through, prefix("expired"), quick), {
        message:
            "listing s3://data/expired: ExpiredToken: the S3 credentials have expired; " +
            "get new ones, and the next run goes on from here",
    });
    assert.equal(proxy.requests.length, 1);
});

test("credentials that have expired are looked up again, once", async (t) => {
    const before = { ...process.env };
    t.after(() => {
        process.env = before;
    });
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIAOLD", AWS_SECRET_ACCESS_KEY: "old" });
    const rotating = createClient({ endpoint: proxy.endpoint });
    await put(client, "rotated/a", "a");
    proxy.meanwhile = () => {
        process.env.AWS_ACCESS_KEY_ID = "AKIANEW";
    };
    proxy.follow([expired]);
    assert.deepEqual(await listSizes(rotating, prefix("rotated"), quick), new Map([["a", 1]]));
    proxy.follow([expired]);
    await assert.rejects(listSizes(rotating, prefix("rotated"), quick), /the S3 credentials have expired/);
    assert.equal(proxy.requests.length, 1);
    proxy.meanwhile = () => undefined;
});

test("a clock that is wrong is set right once from what the server says", async () => {
    const late = createClient({ ...connection, endpoint: proxy.endpoint });
    proxy.follow([{ type: "skew" }]);
    assert.equal((await listSizes(late, prefix("late"), quick)).size, 0);
    proxy.follow([{ type: "refuse", status: 403, code: "RequestTimeTooSkewed" }]);
    await assert.rejects(
        listSizes(createClient({ ...connection, endpoint: proxy.endpoint }), prefix("late"), quick),
        /^Error: listing s3:\/\/data\/late: RequestTimeTooSkewed: this machine's clock differs too much from the server's/,
    );
});

test("pages of a long listing that fail or are cut are asked for again", async () => {
    const names = Array.from({ length: 1005 }, (_, index) => `file ${index}`);
    for (let start = 0; start < names.length; start += 50) {
        await Promise.all(names.slice(start, start + 50).map((name) => put(client, `long/${name}`, "")));
    }
    proxy.follow([
        { type: "truncate", at: 0 },
        { type: "truncate", at: 0.5 },
        { type: "slow" },
        { type: "refuse", status: 503, code: "SlowDown" },
        { type: "resetAnswer", at: 0.5 },
    ]);
    const sizes = await listSizes(through, prefix("long"), quick);
    assert.deepEqual(new Set(sizes.keys()), new Set(names));
    assert.equal(proxy.requests.length, 6);
});

// The pod's transfers through random faults and sudden ends: each ends with every byte right, or with a clear error
// and a state from which the next one moves only what is missing.
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { finalExitCodes } from "../../../components/podLayout.ts";
import { artefactPath, manifestDigest } from "../../../pipeline/stage/manifest.ts";
import { verifyFiles } from "../../../pipeline/stage/records.ts";
import { partialFile, partialSuffix } from "../../../pipeline/transfer/partial.ts";
import { uploadStage } from "../../../pipeline/transfer/upload.ts";
import { writeArtefacts } from "../../pipeline/fixtures/artefacts.ts";
import { prefix } from "../../pipeline/fixtures/s3.ts";
import type { Fault } from "../../pipeline/transfer/faults/fault.ts";
import { plans } from "../../pipeline/transfer/faults/fault.ts";
import { client, connection, lanes, scratch, seed, tiny } from "../../pipeline/transfer/faults/lane.ts";
import { type FaultProxy, startFaultProxy } from "../../pipeline/transfer/faults/proxy.ts";
import { startRuns } from "./forked.ts";
import { type Outcome, podEnvironment } from "./scripts.ts";

const name = "pod +/däta";
const source = path.join(scratch, "pod-source");
// Pieces of a quarter of a MiB are written as they arrive.
const manifest = await writeArtefacts(source, {
    "background/a b+c%2F.hdf5": 300_000,
    "wäve/ünï’code.txt": 10,
    "empty.txt": 0,
    "big.hdf5": 1_500_000,
});
const { artefacts } = manifest;
await uploadStage(client, source, prefix(`${name}/data`), manifest, tiny);
const killed = fc.option(fc.double({ min: 0, max: 0.4, noNaN: true }), { freq: 4, nil: undefined });
let runs = 0;

function environmentOf(folder: string, proxy: FaultProxy, stallSeconds: number) {
    return podEnvironment(
        { ...connection, endpoint: proxy.endpoint },
        { folder, name },
        {
            AFRAME_POD_NAME: "",
            AFRAME_MANIFESTS: JSON.stringify({ Fetch: manifestDigest(manifest) }),
            AFRAME_RETRY_SECONDS: "0.002",
            AFRAME_STALL_SECONDS: String(stallSeconds),
        },
    );
}

/** It names the object or the prefix, in words of one line, and has nothing secret in it. */
function assertClear({ code, output }: Outcome): void {
    const { dataDamaged, dataRefused } = finalExitCodes;
    assert.ok([1, dataDamaged, dataRefused].includes(code), `exit code ${code}: ${output}`);
    assert.match(output, /(^|\n)error: [^\n]*s3:\/\/data\/pod \+\/däta\/[^\n]*\n$/);
    assert.doesNotMatch(output, /Traceback|None|wJalr/);
}

/** The ranges that are asked for when the rest of the files is fetched. */
async function missingRanges(root: string): Promise<string[]> {
    const { damaged } = await verifyFiles(root, { manifest, mtimes: {} });
    const ranges: string[] = [];
    for (const { name: file, sha256, size } of artefacts.filter((one) => damaged.includes(one.name))) {
        const place = artefactPath(root, file);
        await assert.rejects(readFile(place), { code: "ENOENT" }, `${file} is wrong under its name`);
        const { length } = await readFile(partialFile(place, sha256)).catch(() => Buffer.alloc(0));
        if (length === 0 || length < size) {
            ranges.push(length === 0 ? "" : `bytes=${length}-`);
        }
    }
    return ranges.sort();
}

const download = `import objects, fetch_data; fetch_data.main(objects.Prefix(objects.setting("AFRAME_RUN_URI")))`;

describe("downloads of a pod", { concurrency: true }, () => {
    for (const lane of lanes) {
        test(`a download ends right, or clearly, and the next one fetches what is missing: search ${lane}`, async () => {
            const proxy = await startFaultProxy(connection.endpoint ?? "");
            const run = startRuns(scratch);
            const property = async (plan: readonly (Fault | undefined)[], kill: number | undefined) => {
                const folder = path.join(scratch, `pod${runs++}`);
                const root = path.join(folder, "data");
                await mkdir(root, { recursive: true });
                proxy.follow(plan);
                const environment = environmentOf(folder, proxy, 0.5);
                const first = await run({ code: download, environment, ...(kill !== undefined && { kill }) });
                if (first.code !== 0) {
                    if (first.code !== -9) {
                        assertClear(first);
                    }
                    const ranges = await missingRanges(root);
                    await proxy.settled();
                    proxy.follow([]);
                    const next = await run({ code: download, environment: environmentOf(folder, proxy, 60) });
                    assert.equal(next.code, 0, next.output);
                    const asked = proxy.requests.filter((line) => !line.includes(".manifest.json"));
                    assert.deepEqual(asked.map((line) => /bytes=\d+-/.exec(line)?.[0] ?? "").sort(), ranges);
                }
                assert.deepEqual((await verifyFiles(root, { manifest, mtimes: {} })).damaged, []);
                const left = (await readdir(root, { recursive: true })).filter((one) => one.endsWith(partialSuffix));
                assert.deepEqual(left, []);
                await rm(folder, { recursive: true });
            };
            await fc.assert(fc.asyncProperty(plans, killed, property), { numRuns: 50, seed: seed + lane });
        });
    }
});

const upload = await readFile(path.join(import.meta.dirname, "upload_files.py"), "utf8");

async function assertUploaded(start: string): Promise<void> {
    for (const { name: file, sha256, size } of artefacts) {
        const address = { Bucket: "data", Key: `${start}/${file}` };
        const { Metadata, ContentLength } = await client.send(new HeadObjectCommand(address));
        assert.deepEqual([Metadata?.sha256, ContentLength], [sha256, size], file);
        const { Body } = await client.send(new GetObjectCommand(address));
        assert.deepEqual(await Body?.transformToByteArray(), new Uint8Array(await readFile(path.join(source, file))));
    }
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: "data", Prefix: start }));
    assert.deepEqual(Uploads, [], "parts are left that nobody will complete");
}

describe("uploads of a pod", { concurrency: true }, () => {
    for (const lane of lanes) {
        test(`an upload ends right, or clearly, and the next one leaves nothing behind: search ${lane}`, async () => {
            const proxy = await startFaultProxy(connection.endpoint ?? "");
            const run = startRuns(scratch);
            const property = async (plan: readonly (Fault | undefined)[], kill: number | undefined) => {
                const start = `pod +/däta/run${runs++}`;
                const environment = (stallSeconds: number) => ({
                    ...environmentOf(scratch, proxy, stallSeconds),
                    AFRAME_RUN_URI: `s3://data/${start}`,
                    SOURCE: source,
                    NAMES: artefacts.map((one) => one.name).join("|"),
                    MOMENT: "1000",
                    MULTIPART: "1000000",
                    PART: "300000",
                });
                proxy.follow(plan);
                const first = await run({
                    code: upload,
                    environment: environment(0.5),
                    ...(kill !== undefined && { kill }),
                });
                await proxy.settled();
                if (first.code !== 0) {
                    if (first.code !== -9) {
                        assertClear(first);
                    }
                    proxy.follow([]);
                    const next = await run({ code: upload, environment: environment(60) });
                    assert.equal(next.code, 0, next.output);
                }
                await assertUploaded(start);
            };
            await fc.assert(fc.asyncProperty(plans, killed, property), { numRuns: 25, seed: seed + lane });
        });
    }
});

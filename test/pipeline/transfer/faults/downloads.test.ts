// Downloads through random faults: each ends with every byte right, or with a clear error and a state from which the
// next one fetches only what is missing. fast-check tells the seed and the smallest plan of a failure.
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import type { S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { artefactPath } from "../../../../pipeline/stage/manifest.ts";
import { verifyFiles } from "../../../../pipeline/stage/records.ts";
import { downloadArtefacts } from "../../../../pipeline/transfer/download.ts";
import { partialFile, partialSuffix } from "../../../../pipeline/transfer/partial.ts";
import { uploadStage } from "../../../../pipeline/transfer/upload.ts";
import { prefix } from "../../fixtures/s3.ts";
import type { Fault } from "./fault.ts";
import { plans } from "./fault.ts";
import { assertClear, client, failureOf, lanes, manifest, openLane, scratch, seed, source, tiny } from "./lane.ts";
import type { FaultProxy } from "./proxy.ts";

const { artefacts } = manifest;
const location = prefix("down +/däta");
await uploadStage(client, source, location, manifest, tiny);
let runs = 0;

async function damagedIn(root: string): Promise<readonly string[]> {
    return (await verifyFiles(root, { manifest, mtimes: {} })).damaged;
}

/** Fetches what is not there, and sees that it asks for no byte that is. */
async function finish(root: string, proxy: FaultProxy, patient: S3Client): Promise<void> {
    const damaged = await damagedIn(root);
    const missing = artefacts.filter(({ name }) => damaged.includes(name));
    const ranges: string[] = [];
    for (const { name, sha256, size } of missing) {
        const file = artefactPath(root, name);
        await assert.rejects(readFile(file), { code: "ENOENT" }, `${name} is wrong under its name`);
        const { length } = await readFile(partialFile(file, sha256)).catch(() => Buffer.alloc(0));
        if (length === 0 || length < size) {
            ranges.push(length === 0 ? "" : `bytes=${length}-`);
        }
    }
    proxy.follow([]);
    await downloadArtefacts(patient, location, root, missing, { ...tiny, parallel: 1 });
    assert.deepEqual(
        proxy.requests.map((request) => /bytes=\d+-/.exec(request)?.[0] ?? ""),
        ranges,
    );
}

describe("downloads", { concurrency: true }, () => {
    for (const lane of lanes) {
        test(`a download ends right, or clearly, and the next one fetches what is missing: search ${lane}`, async () => {
            const { proxy, hasty, patient } = await openLane();
            const run = async (plan: readonly (Fault | undefined)[], parallel: number) => {
                const root = path.join(scratch, `down${runs++}`);
                await mkdir(root);
                proxy.follow(plan);
                const failure = await failureOf(
                    downloadArtefacts(hasty, location, root, artefacts, { ...tiny, parallel }),
                );
                if (failure) {
                    assertClear(failure, location);
                    await finish(root, proxy, patient);
                }
                assert.deepEqual(await damagedIn(root), []);
                const left = (await readdir(root, { recursive: true })).filter((name) => name.endsWith(partialSuffix));
                assert.deepEqual(left, []);
                await rm(root, { recursive: true });
            };
            await fc.assert(fc.asyncProperty(plans, fc.constantFrom(1, 3), run), { numRuns: 170, seed: seed + lane });
        });
    }
});

// Uploads through random faults: each ends with every byte right, or with a clear error and a state from which the next
// one sends only what is missing. fast-check tells the seed and the smallest plan of a failure.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { ListMultipartUploadsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import fc from "fast-check";
import type { S3Location } from "../../../../config/settings.ts";
import { keyPrefix } from "../../../../pipeline/transfer/listing.ts";
import { listParts } from "../../../../pipeline/transfer/unfinished.ts";
import { uploadStage } from "../../../../pipeline/transfer/upload.ts";
import { readNotes } from "../../../../pipeline/transfer/uploadNotes.ts";
import { missingOnS3 } from "../../../../pipeline/transfer/verify.ts";
import { prefix } from "../../fixtures/s3.ts";
import type { Fault } from "./fault.ts";
import { plans } from "./fault.ts";
import { assertClear, client, failureOf, lanes, manifest, openLane, scratch, seed, source, tiny } from "./lane.ts";

const { artefacts } = manifest;
const partBytes = tiny.partBytes ?? 0;
let runs = 0;

function md5(bytes: Buffer): Buffer {
    return createHash("md5").update(bytes).digest();
}

/** Name → ETag, which covers every byte: an MD5, or that of the parts' MD5s. */
const etags = new Map<string, string>();
for (const { name, size } of artefacts) {
    const bytes = await readFile(path.join(source, name));
    const count = Math.ceil(size / partBytes);
    const parts = Array.from({ length: count }, (_, n) => md5(bytes.subarray(n * partBytes, (n + 1) * partBytes)));
    const inParts = size >= (tiny.multipartBytes ?? 0);
    etags.set(name, inParts ? `${md5(Buffer.concat(parts)).toString("hex")}-${count}` : md5(bytes).toString("hex"));
}

async function assertOnS3(location: S3Location): Promise<void> {
    const where = { Bucket: location.bucket, Prefix: keyPrefix(location) };
    const { Contents = [] } = await client.send(new ListObjectsV2Command(where));
    const found = Contents.map(
        ({ Key, ETag }) => [Key?.slice(where.Prefix.length), ETag?.replaceAll('"', "")] as const,
    );
    const stored = new Map(found.filter(([name]) => name !== ".aframe/Fetch.manifest.json"));
    assert.equal(found.length, stored.size + 1, "the manifest is there");
    assert.deepEqual(stored, new Map([...etags].sort(([a], [b]) => (a < b ? -1 : 1))));
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand(where));
    assert.deepEqual(Uploads, []);
}

/** Tells of a request whether it would send again what the server has now. */
async function needless(location: S3Location, notes: string): Promise<(request: string) => boolean> {
    const missing = new Set((await missingOnS3(client, location, artefacts)).map(({ name }) => name));
    const whole = artefacts.filter(({ name }) => !missing.has(name)).map(({ name }) => keyPrefix(location) + name);
    const starts = whole.map((key) => `PUT /data/${key.split("/").map(encodeURIComponent).join("/")}?`);
    const big = await readFile(path.join(source, "big.hdf5"));
    const parts: string[] = [];
    for (const { address, uploadId } of missing.has("big.hdf5") ? await readNotes(notes) : []) {
        for (const [number, { ETag }] of (await listParts(client, address, uploadId)) ?? []) {
            const bytes = big.subarray((number - 1) * partBytes, number * partBytes);
            if (ETag === `"${md5(bytes).toString("hex")}"`) {
                parts.push(`partNumber=${number}&uploadId=${uploadId}`);
            }
        }
    }
    return (request) => starts.some((start) => request.startsWith(start)) || parts.some((one) => request.includes(one));
}

describe("uploads", { concurrency: true }, () => {
    for (const lane of lanes) {
        test(`an upload ends right, or clearly, and the next one sends what is missing: search ${lane}`, async () => {
            const { proxy, hasty, patient } = await openLane();
            const run = async (plan: readonly (Fault | undefined)[], parallel: number) => {
                const name = `up ${runs++}+`;
                const location = prefix(name);
                const options = { ...tiny, parallel, notes: path.join(scratch, name) };
                proxy.follow(plan);
                const failure = await failureOf(uploadStage(hasty, source, location, manifest, options));
                await proxy.settled();
                if (failure) {
                    assertClear(failure, location);
                    const isNeedless = await needless(location, options.notes);
                    proxy.follow([]);
                    await uploadStage(patient, source, location, manifest, options);
                    assert.deepEqual(proxy.requests.filter(isNeedless), []);
                }
                await assertOnS3(location);
                assert.deepEqual(await readNotes(options.notes), []);
            };
            await fc.assert(fc.asyncProperty(plans, fc.constantFrom(1, 3), run), { numRuns: 80, seed: seed + lane });
        });
    }
});

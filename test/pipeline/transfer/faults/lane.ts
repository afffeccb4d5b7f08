// What the searches for faults share: a server, a few artefacts with awkward names, and lanes to run plans in.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import type { S3Location } from "../../../../config/settings.ts";
import { createClient } from "../../../../pipeline/transfer/client.ts";
import type { TransferOptions } from "../../../../pipeline/transfer/options.ts";
import { writeArtefacts } from "../../fixtures/artefacts.ts";
import { startS3 } from "../../fixtures/s3.ts";
import { startFaultProxy } from "./proxy.ts";

/** Objects from this size on are sent in parts, which S3 itself accepts from 5 MiB on only. */
const partBytes = 1000;
export const { client, connection } = await startS3({
    S3_UPLOAD_PART_MIN_SIZE: String(partBytes),
    MOTO_S3_DEFAULT_KEY_BUFFER_SIZE: String(1024 ** 2),
});

export const scratch = await mkdtemp(path.join(tmpdir(), "aframe-faults-"));
after(() => rm(scratch, { recursive: true, force: true }));

export const source = path.join(scratch, "source");
export const manifest = await writeArtefacts(source, {
    "background/a b+c%2F.hdf5": 700,
    "wäve/ünï’code.txt": 10,
    "empty.txt": 0,
    "big.hdf5": 3500,
});
export const tiny: TransferOptions = { multipartBytes: 3 * partBytes, partBytes, minDelayMs: 1, retries: 3 };

/** Of the first lane's plans; set AFRAME_FAULT_SEED for others. */
export const seed = Number(process.env.AFRAME_FAULT_SEED ?? 0);

/** Searches that run side by side, so that one that waits for a timeout holds up no other. */
export const lanes = [1, 2, 3, 4];

export async function openLane() {
    const proxy = await startFaultProxy(connection.endpoint ?? "");
    const hasty = createClient({ ...connection, endpoint: proxy.endpoint }, 400);
    const patient = createClient({ ...connection, endpoint: proxy.endpoint });
    after(() => {
        hasty.destroy();
        patient.destroy();
    });
    return { proxy, hasty, patient };
}

export async function failureOf(run: Promise<unknown>): Promise<Error | undefined> {
    return run.then(
        () => undefined,
        (error: unknown) => {
            assert.ok(error instanceof Error);
            return error;
        },
    );
}

/** It names the object or the prefix, in words of one line. */
export function assertClear({ message }: Error, location: S3Location): void {
    assert.ok(message.includes(location.uri), message);
    assert.match(message, /^[^\n]+: [^\n]+$/);
    assert.doesNotMatch(message, /undefined|null|\[object|Unknown|\bat .+:\d+:\d+|wJalr/);
}

// Deletes what lies under a prefix that a stack owns, and nothing else.
import type { S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import type { S3Location } from "../../config/settings.ts";
import { deleteKeys, type Refusal } from "./deleteBatch.ts";
import { keyPrefix, listPages } from "./listing.ts";
import type { TransferOptions } from "./options.ts";
import { assertOwner, ownerMarkerName } from "./owner.ts";
import { abortUploads } from "./unfinished.ts";

/** Pages that are deleted while the next are listed; a server's disks, not the way to it, are what takes time. */
const batchesAtOnce = 4;
/** Keys that an error names. */
const named = 3;

export interface Count {
    readonly objects: number;
    readonly bytes: number;
    /** Whether there are more, which were not counted. */
    readonly more: boolean;
}

/**
 * Objects and bytes that a purge would delete.
 * @param most - where counting ends. @default at the last object
 * @param forMs - counting begins no page after so long. @default as long as it takes
 */
export async function countObjects(
    client: S3Client,
    location: S3Location,
    options: TransferOptions = {},
    { most = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY } = {},
): Promise<Count> {
    const end = performance.now() + forMs;
    let [objects, bytes] = [0, 0];
    for await (const page of listPages(client, location, options)) {
        for (const { name, size } of page) {
            if (name === ownerMarkerName) {
                continue;
            }
            if (objects >= most || performance.now() >= end) {
                return { objects, bytes, more: true };
            }
            objects++;
            bytes += size;
        }
    }
    return { objects, bytes, more: false };
}

export interface PurgeOptions extends TransferOptions {
    /** Called with the number of objects each time that some are deleted. */
    readonly onDeleted?: (objects: number) => void;
}

/**
 * Deletes everything under the prefix but its marker, which must name `owner`. One that was interrupted is gone on with
 * by another. Deletes all that it may, then throws when some was refused.
 */
export async function purgePrefix(
    client: S3Client,
    location: S3Location,
    owner: string,
    options: PurgeOptions = {},
): Promise<{ objects: number; uploads: number }> {
    await assertOwner(client, location, owner, options);
    const prefix = keyPrefix(location);
    const uploads = await abortUploads(client, location.bucket, prefix, (key) => key.startsWith(prefix), options);
    const refused: Refusal[] = [];
    let objects = 0;
    const purge = async (keys: readonly string[]) => {
        const refusals = await deleteKeys(client, location.bucket, keys, options);
        refused.push(...refusals);
        objects += keys.length - refusals.length;
        options.onDeleted?.(keys.length - refusals.length);
    };
    await eachPage(client, location, options, purge);
    if (refused.length > 0) {
        throw new Error(describeRefused(location, refused, objects));
    }
    return { objects, uploads };
}

/** A page is at most 1000 objects, which is also what one request may delete. */
async function eachPage(
    client: S3Client,
    location: S3Location,
    options: TransferOptions,
    purge: (keys: readonly string[]) => Promise<void>,
): Promise<void> {
    const limit = pLimit(batchesAtOnce);
    const running = new Set<Promise<void>>();
    const failures: unknown[] = [];
    for await (const page of listPages(client, location, options)) {
        const keys = page.filter(({ name }) => name !== ownerMarkerName).map(({ key }) => key);
        if (keys.length > 0) {
            const batch: Promise<void> = limit(() => purge(keys))
                .catch((error: unknown) => {
                    failures.push(error);
                })
                .finally(() => running.delete(batch));
            running.add(batch);
        }
        // Listing is quicker: what it finds would pile up.
        if (running.size > batchesAtOnce) {
            await Promise.race(running);
        }
        if (failures.length > 0) {
            break;
        }
    }
    await Promise.all(running);
    if (failures.length > 0) {
        throw failures[0];
    }
}

function describeRefused(location: S3Location, refused: readonly Refusal[], deleted: number): string {
    const first = refused.slice(0, named).map(({ key, reason }) => `s3://${location.bucket}/${key} (${reason})`);
    const more = refused.length > named ? `, and ${refused.length - named} more` : "";
    return (
        `${refused.length} objects of ${location.uri} could not be deleted, ${deleted} were: ` +
        `${first.join(", ")}${more}`
    );
}

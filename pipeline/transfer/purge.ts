// Deletes what lies under a prefix that a stack owns, and nothing else.
import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import type { S3Location } from "../../config/settings.ts";
import { keyPrefix, listPages } from "./listing.ts";
import { defaults, type TransferOptions } from "./options.ts";
import { assertOwner, ownerMarkerName } from "./owner.ts";
import { attempt } from "./retry.ts";
import { abortUploads } from "./unfinished.ts";

/** Objects and bytes that a purge would delete. */
export async function countObjects(client: S3Client, location: S3Location, options: TransferOptions = {}) {
    const total = { objects: 0, bytes: 0 };
    for await (const page of listPages(client, location, options)) {
        for (const { name, size } of page) {
            if (name !== ownerMarkerName) {
                total.objects++;
                total.bytes += size;
            }
        }
    }
    return total;
}

/** Deletes everything under the prefix but its marker, which must name `owner`. */
export async function purgePrefix(
    client: S3Client,
    location: S3Location,
    owner: string,
    options: TransferOptions = {},
): Promise<{ objects: number; uploads: number }> {
    await assertOwner(client, location, owner, options);
    const prefix = keyPrefix(location);
    const uploads = await abortUploads(client, location.bucket, prefix, (key) => key.startsWith(prefix), options);
    let objects = 0;
    // A page is at most 1000 objects, which is also what one request may delete.
    for await (const page of listPages(client, location, options)) {
        const keys = page.filter(({ name }) => name !== ownerMarkerName).map(({ key }) => key);
        if (keys.length > 0) {
            await deleteKeys(client, location, keys, options);
        }
        objects += keys.length;
    }
    return { objects, uploads };
}

async function deleteKeys(client: S3Client, location: S3Location, keys: string[], options: TransferOptions) {
    const refused = await deleteBatch(client, location, keys, options);
    const limit = pLimit(options.parallel ?? defaults.parallel);
    await limit.map(refused, (Key) =>
        attempt(`deleting s3://${location.bucket}/${Key}`, options, () =>
            client.send(new DeleteObjectCommand({ Bucket: location.bucket, Key })),
        ),
    );
}

/** @returns the keys that the server did not delete */
async function deleteBatch(client: S3Client, location: S3Location, keys: string[], options: TransferOptions) {
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
    try {
        const { Errors = [] } = await attempt(`deleting ${keys.length} objects of ${location.uri}`, options, () =>
            client.send(new DeleteObjectsCommand({ Bucket: location.bucket, Delete })),
        );
        return Errors.flatMap(({ Key }) => Key ?? []);
    } catch (error) {
        if (needsContentMd5((error as Error).cause)) {
            return keys;
        }
        throw error;
    }
}

/** Some servers take a batch only with an MD5 header, which the SDK no longer sends; single deletes need none. */
function needsContentMd5(error: unknown): boolean {
    const { name, message } = (error ?? {}) as { name?: string; message?: string };
    return /MD5|NotImplemented|InvalidDigest|MissingContent/i.test(`${name ?? ""} ${message ?? ""}`);
}

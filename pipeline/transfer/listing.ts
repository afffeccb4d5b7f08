// The objects under a prefix; always with a trailing slash, since `run1` also starts `run10`.
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { S3Location } from "../../config/settings.ts";
import type { TransferOptions } from "./options.ts";
import { assertWhole, attempt } from "./retry.ts";

export interface ListedObject {
    readonly key: string;
    /** Relative to the prefix. */
    readonly name: string;
    readonly size: number;
    readonly modified: Date;
}

/** The prefix as keys start with it; refuses one that would mean a whole bucket. */
export function keyPrefix(location: S3Location): string {
    const prefix = location.prefix.replace(/^\/+|\/+$/g, "");
    if (prefix === "") {
        throw new Error(`s3://${location.bucket} has no prefix; a whole bucket is never read, written or purged`);
    }
    return `${prefix}/`;
}

export async function* listPages(
    client: S3Client,
    location: S3Location,
    options: TransferOptions = {},
): AsyncGenerator<ListedObject[]> {
    const prefix = keyPrefix(location);
    let token: string | undefined;
    do {
        const where = { Bucket: location.bucket, Prefix: prefix, ContinuationToken: token };
        const page = await attempt(`listing ${location.uri}`, options, async () =>
            assertWhole(
                await client.send(new ListObjectsV2Command(where), options.signal && { abortSignal: options.signal }),
                "IsTruncated",
            ),
        );
        yield (page.Contents ?? []).map(({ Key = "", Size = 0, LastModified = new Date(0) }) => ({
            key: Key,
            name: Key.slice(prefix.length),
            size: Size,
            modified: LastModified,
        }));
        token = page.NextContinuationToken;
    } while (token !== undefined);
}

/** Name → size and time of everything under the prefix. */
export async function listObjects(client: S3Client, location: S3Location, options: TransferOptions = {}) {
    const objects = new Map<string, Pick<ListedObject, "size" | "modified">>();
    for await (const page of listPages(client, location, options)) {
        for (const { name, size, modified } of page) {
            objects.set(name, { size, modified });
        }
    }
    return objects;
}

/** Name → size of everything under the prefix. */
export async function listSizes(client: S3Client, location: S3Location, options: TransferOptions = {}) {
    const objects = await listObjects(client, location, options);
    return new Map([...objects].map(([name, { size }]) => [name, size]));
}

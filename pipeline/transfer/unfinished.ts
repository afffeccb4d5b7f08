// Uploads in parts that were never completed: which there are, what they hold, and their end.
import {
    AbortMultipartUploadCommand,
    ListMultipartUploadsCommand,
    type ListMultipartUploadsCommandInput,
    type ListMultipartUploadsCommandOutput,
    ListPartsCommand,
    type ListPartsCommandOutput,
    type Part,
    type S3Client,
} from "@aws-sdk/client-s3";
import type { TransferOptions } from "./options.ts";
import { assertWhole, attempt, isNotFound } from "./retry.ts";
import type { ObjectAddress } from "./uploadNotes.ts";

/** Aborts the unfinished uploads under a key prefix that `ours` accepts. @returns how many */
export async function abortUploads(
    client: S3Client,
    bucket: string,
    prefix: string,
    ours: (key: string, uploadId: string) => boolean,
    options: TransferOptions = {},
): Promise<number> {
    let aborted = 0;
    let marker: Pick<ListMultipartUploadsCommandInput, "KeyMarker" | "UploadIdMarker"> | undefined = {};
    while (marker) {
        const where: ListMultipartUploadsCommandInput = { Bucket: bucket, Prefix: prefix, ...marker };
        const page: ListMultipartUploadsCommandOutput = await attempt(
            `listing unfinished uploads of s3://${bucket}/${prefix}`,
            options,
            () => listUploads(client, where, options),
        );
        for (const { Key, UploadId } of page.Uploads ?? []) {
            if (Key !== undefined && UploadId !== undefined && ours(Key, UploadId)) {
                await abortUpload(client, { Bucket: bucket, Key }, UploadId, options);
                aborted++;
            }
        }
        marker = page.IsTruncated
            ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
            : undefined;
    }
    return aborted;
}

async function listUploads(
    client: S3Client,
    where: ListMultipartUploadsCommandInput,
    { signal }: TransferOptions,
): Promise<ListMultipartUploadsCommandOutput> {
    try {
        const answer = await client.send(new ListMultipartUploadsCommand(where), signal && { abortSignal: signal });
        return assertWhole(answer, "Bucket");
    } catch (error) {
        // rclone's server says so of a bucket that never had an upload.
        if ((error as Error).name === "NoSuchUpload") {
            return { $metadata: {} };
        }
        throw error;
    }
}

/** Frees what an upload holds; one that is gone is fine. */
export async function abortUpload(
    client: S3Client,
    address: ObjectAddress,
    UploadId: string,
    options: TransferOptions = {},
): Promise<void> {
    await attempt(`aborting an unfinished upload of s3://${address.Bucket}/${address.Key}`, options, async () => {
        try {
            await client.send(new AbortMultipartUploadCommand({ ...address, UploadId }));
        } catch (error) {
            if (!isNotFound(error)) {
                throw error;
            }
        }
    });
}

/** What the server has of an upload, by part number. @returns undefined when it does not know the upload any more */
export async function listParts(
    client: S3Client,
    address: ObjectAddress,
    UploadId: string,
    options: TransferOptions = {},
): Promise<ReadonlyMap<number, Part> | undefined> {
    const parts = new Map<number, Part>();
    let PartNumberMarker: string | undefined;
    do {
        const where = { ...address, UploadId, PartNumberMarker };
        const page = await attempt(
            `listing the parts of s3://${address.Bucket}/${address.Key}`,
            options,
            async (): Promise<ListPartsCommandOutput | undefined> => {
                try {
                    const abort = options.signal && { abortSignal: options.signal };
                    return assertWhole(await client.send(new ListPartsCommand(where), abort), "IsTruncated");
                } catch (error) {
                    if (isNotFound(error)) {
                        return undefined;
                    }
                    throw error;
                }
            },
        );
        if (!page) {
            return undefined;
        }
        for (const part of page.Parts ?? []) {
            parts.set(part.PartNumber ?? 0, part);
        }
        PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (PartNumberMarker !== undefined);
    return parts;
}

// Objects sent in parts; each part is streamed from its place in the file, so none is held in memory.
import { createReadStream } from "node:fs";
import {
    AbortMultipartUploadCommand,
    CompleteMultipartUploadCommand,
    CreateMultipartUploadCommand,
    ListMultipartUploadsCommand,
    type ListMultipartUploadsCommandInput,
    type ListMultipartUploadsCommandOutput,
    type S3Client,
    UploadPartCommand,
} from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { counted } from "./counted.ts";
import { defaults, type TransferOptions } from "./options.ts";
import { attempt } from "./retry.ts";

const maxParts = 10_000;

interface Address {
    readonly Bucket: string;
    readonly Key: string;
}

export function partSize(size: number, options: TransferOptions): number {
    return Math.max(options.partBytes ?? defaults.partBytes, Math.ceil(size / maxParts));
}

export async function sendInParts(
    client: S3Client,
    where: Address,
    file: { path: string; size: number; metadata: Record<string, string> },
    options: TransferOptions,
): Promise<void> {
    const uri = `s3://${where.Bucket}/${where.Key}`;
    await abortUploads(client, where.Bucket, where.Key, (key) => key === where.Key, options);
    const { UploadId } = await attempt(`starting ${uri}`, options, () =>
        client.send(new CreateMultipartUploadCommand({ ...where, Metadata: file.metadata })),
    );
    try {
        const bytes = partSize(file.size, options);
        const numbers = Array.from({ length: Math.ceil(file.size / bytes) }, (_, index) => index + 1);
        const stop = new AbortController();
        const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
        const limit = pLimit(Math.ceil((options.parallel ?? defaults.parallel) / 2));
        const parts = await limit.map(numbers, async (number) => {
            const start = (number - 1) * bytes;
            const end = Math.min(start + bytes, file.size) - 1;
            try {
                const { ETag } = await attempt(
                    `sending part ${number} of ${numbers.length} of ${uri}`,
                    { ...options, signal },
                    () =>
                        counted(createReadStream(file.path, { start, end, highWaterMark: 1 << 18 }), options, (Body) =>
                            client.send(
                                new UploadPartCommand({
                                    ...where,
                                    UploadId,
                                    PartNumber: number,
                                    Body,
                                    ContentLength: end - start + 1,
                                }),
                                { abortSignal: signal },
                            ),
                        ),
                );
                return { ETag, PartNumber: number };
            } catch (error) {
                stop.abort(error);
                throw error;
            }
        });
        await attempt(`completing ${uri}`, options, () =>
            client.send(new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts: parts } })),
        );
    } catch (error) {
        // Parts of an upload that is never completed would hold space for ever.
        await client.send(new AbortMultipartUploadCommand({ ...where, UploadId })).catch(() => undefined);
        throw error;
    }
}

/** Aborts the unfinished uploads under a key prefix that `ours` accepts. */
export async function abortUploads(
    client: S3Client,
    bucket: string,
    prefix: string,
    ours: (key: string) => boolean,
    options: TransferOptions = {},
): Promise<number> {
    let aborted = 0;
    let marker: Pick<ListMultipartUploadsCommandInput, "KeyMarker" | "UploadIdMarker"> | undefined = {};
    while (marker) {
        const where: ListMultipartUploadsCommandInput = { Bucket: bucket, Prefix: prefix, ...marker };
        const page: ListMultipartUploadsCommandOutput = await attempt(
            `listing unfinished uploads of s3://${bucket}/${prefix}`,
            options,
            () => client.send(new ListMultipartUploadsCommand(where)),
        );
        for (const { Key, UploadId } of page.Uploads ?? []) {
            if (Key !== undefined && ours(Key)) {
                await attempt(`aborting an unfinished upload of s3://${bucket}/${Key}`, options, () =>
                    client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })),
                );
                aborted++;
            }
        }
        marker = page.IsTruncated
            ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
            : undefined;
    }
    return aborted;
}

// One part of a big object: sent from its place in the file, and compared with what the server says it got.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { type Part, type S3Client, UploadPartCommand, type UploadPartCommandOutput } from "@aws-sdk/client-s3";
import { forEachPiece } from "../pieces.ts";
import { type FileRange, sendRange } from "./fileBody.ts";
import { onDisk } from "./localFile.ts";
import type { TransferOptions } from "./options.ts";
import { attempt, IntegrityError } from "./retry.ts";
import type { ObjectAddress } from "./uploadNotes.ts";

export interface FilePart extends FileRange {
    /** From 1. */
    readonly number: number;
    /** Parts of the whole object. */
    readonly count: number;
}

/**
 * Sends the part, again after transient failures. Its body is not signed, since that needs a pass of its own over the
 * data; instead its MD5 is computed on the way, which is the ETag of what arrived.
 * @returns its ETag
 */
export async function sendPart(
    client: S3Client,
    address: ObjectAddress,
    UploadId: string,
    part: FilePart,
    options: TransferOptions,
): Promise<string | undefined> {
    let promised: string | undefined;
    const what = `sending part ${part.number} of ${part.count} of s3://${address.Bucket}/${address.Key}`;
    return attempt(what, options, () => {
        const md5 = createHash("md5");
        const send = async (Body: Readable) => {
            const command = new UploadPartCommand({
                ...address,
                UploadId,
                PartNumber: part.number,
                Body,
                ContentLength: part.length,
                ContentMD5: promised,
            });
            const answer = await client.send(command, options.signal && { abortSignal: options.signal });
            const sum = md5.digest();
            if (promised === undefined && isOther(answer, sum)) {
                // Either it changed on its way, or this server's ETags are no MD5. Told the MD5, the server decides.
                promised = sum.toString("base64");
                throw new IntegrityError(`the server got MD5 ${answer.ETag}, sent was ${sum.toString("hex")}`);
            }
            return answer.ETag;
        };
        return sendRange(part, options, send, (piece) => md5.update(piece));
    });
}

type Stored = Pick<UploadPartCommandOutput, "ETag" | "ServerSideEncryption" | "SSECustomerAlgorithm">;

/** Whether an ETag that can be an MD5 is another one; of encrypted contents it tells nothing. */
function isOther({ ETag, ServerSideEncryption, SSECustomerAlgorithm }: Stored, md5: Buffer): boolean {
    const plain = SSECustomerAlgorithm === undefined && !ServerSideEncryption?.startsWith("aws:kms");
    const tag = ETag?.replaceAll('"', "") ?? "";
    return plain && /^[0-9a-f]{32}$/.test(tag) && tag !== md5.toString("hex");
}

/** Whether the server has exactly this part; reads it here, which is far quicker than sending it. */
export async function holdsPart(known: Part, part: FilePart, signal: AbortSignal): Promise<boolean> {
    if (known.Size !== part.length) {
        return false;
    }
    const md5 = createHash("md5");
    await onDisk("read", part.path, async () => {
        await using file = await open(part.path);
        await forEachPiece(file, { ...part, signal }, (piece) => void md5.update(piece));
    });
    return known.ETag?.replaceAll('"', "") === md5.digest("hex");
}

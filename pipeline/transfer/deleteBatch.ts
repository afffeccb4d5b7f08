// Deletes many objects by few requests that every S3 server takes.
import { createHash } from "node:crypto";
import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { defaults, type TransferOptions } from "./options.ts";
import { attempt, isTransient } from "./retry.ts";

/** What a server did not delete, and why, in words. */
export interface Refusal {
    readonly key: string;
    readonly reason: string;
}

/** Deletes at most 1000 keys; those that are gone already are fine. @returns what the server refused for good */
export async function deleteKeys(
    client: S3Client,
    bucket: string,
    keys: readonly string[],
    options: TransferOptions,
): Promise<Refusal[]> {
    const { later, refused } = await deleteBatch(client, bucket, keys, options);
    const limit = pLimit(options.parallel ?? defaults.parallel);
    const single = await limit.map(later, (key) => deleteOne(client, bucket, key, options));
    return [...refused, ...single.flat()];
}

async function deleteOne(client: S3Client, Bucket: string, key: string, options: TransferOptions): Promise<Refusal[]> {
    try {
        await attempt(`deleting s3://${Bucket}/${key}`, options, () =>
            client.send(new DeleteObjectCommand({ Bucket, Key: key }), abortable(options)),
        );
        return [];
    } catch (error) {
        options.signal?.throwIfAborted();
        const { message, cause } = error as Error;
        // A server that does not answer any more is not a matter of one key.
        if (cause === undefined || isTransient(cause)) {
            throw error;
        }
        return [{ key, reason: message.replace(/^.*?: /, "") }];
    }
}

interface BatchOutcome {
    /** Keys that are worth a request of their own. */
    readonly later: readonly string[];
    readonly refused: readonly Refusal[];
}

async function deleteBatch(
    client: S3Client,
    Bucket: string,
    keys: readonly string[],
    options: TransferOptions,
): Promise<BatchOutcome> {
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
    try {
        const { Errors = [] } = await attempt(`deleting ${keys.length} objects of s3://${Bucket}`, options, () => {
            const command = new DeleteObjectsCommand({ Bucket, Delete });
            sendMd5(command);
            return client.send(command, abortable(options));
        });
        const refusals = Errors.flatMap(({ Key, Code = "unknown", Message = Code }) =>
            Key === undefined ? [] : [{ key: Key, code: Code, reason: `${Code}: ${Message}` }],
        );
        const isLater = ({ code }: { code: string }) => isTransient({ name: code });
        return {
            later: refusals.filter(isLater).map(({ key }) => key),
            refused: refusals.filter((one) => !isLater(one)).map(({ key, reason }) => ({ key, reason })),
        };
    } catch (error) {
        if (isUnknownRequest((error as Error).cause)) {
            return { later: keys, refused: [] };
        }
        throw error;
    }
}

function abortable({ signal }: TransferOptions) {
    return signal && { abortSignal: signal };
}

/**
 * The SDK sends a CRC32, which servers other than AWS's may not know; each knows the MD5 that S3 once asked for, and
 * most still ask for it.
 */
function sendMd5(command: DeleteObjectsCommand): void {
    command.middlewareStack.add(
        (next) => (args) => {
            const request = args.request as { headers: Record<string, string>; body: string | Uint8Array };
            const others = Object.entries(request.headers).filter(([name]) => !/^x-amz-(sdk-)?checksum-/i.test(name));
            const md5 = createHash("md5").update(request.body).digest("base64");
            request.headers = { ...Object.fromEntries(others), "content-md5": md5 };
            return next(args);
        },
        // After the checksum of the SDK's own, and before the signature.
        { step: "build", name: "sendMd5", priority: "low" },
    );
}

/** A server that has no such request; single deletes are in every one. */
function isUnknownRequest(error: unknown): boolean {
    const { name, message } = (error ?? {}) as { name?: string; message?: string };
    return /NotImplemented|MethodNotAllowed|MD5|InvalidDigest/i.test(`${name ?? ""} ${message ?? ""}`);
}

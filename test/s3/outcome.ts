// A question to an S3 server and its answer, as plain data to compare.
import { createHash, randomBytes } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import type { ServerKind } from "./server.ts";

export interface Behaviour {
    /** A sentence. */
    readonly name: string;
    readonly ask: (client: S3Client) => Promise<string>;
    /** As S3 is documented. */
    readonly answer: string;
    /** Those that answer otherwise. */
    readonly differs?: Partial<Record<ServerKind, string>>;
}

export const MiB = 1024 ** 2;

/** `ok`, or the error's code and HTTP status, such as `NoSuchKey 404`. */
export async function outcomeOf(request: Promise<unknown>): Promise<string> {
    try {
        await request;
        return "ok";
    } catch (error) {
        const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
        return `${name} ${$metadata?.httpStatusCode ?? "without an answer"}`;
    }
}

export function bytes(size: number): Buffer {
    return randomBytes(size);
}

export function sha256(content: Uint8Array): string {
    return createHash("sha256").update(content).digest("hex");
}

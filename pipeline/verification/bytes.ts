// Reads artefacts byte by byte, wherever they are, and compares their SHA-256 with that of the manifest.
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import type { S3Location } from "../../config/settings.ts";
import type { Artefact } from "../stage/manifest.ts";
import { keyPrefix } from "../transfer/listing.ts";
import { defaults, type TransferOptions } from "../transfer/options.ts";
import { attempt, isNotFound } from "../transfer/retry.ts";
import type { Finding, Look, Unread } from "./copy.ts";

/** Files of one disk: more readers make it slower. */
const localParallel = 2;

/** Streams the object; nothing of it is kept. */
export async function sha256OfObject(
    client: S3Client,
    location: S3Location,
    { name }: Artefact,
    options: TransferOptions,
): Promise<string> {
    return attempt(`reading ${location.uri}/${name}`, options, async () => {
        const hash = createHash("sha256");
        let received = 0;
        try {
            const { Body } = await client.send(
                new GetObjectCommand({ Bucket: location.bucket, Key: keyPrefix(location) + name }),
                options.signal && { abortSignal: options.signal },
            );
            for await (const chunk of Body as Readable) {
                const bytes = chunk as Buffer;
                hash.update(bytes);
                received += bytes.length;
                options.onBytes?.(bytes.length);
            }
            return hash.digest("hex");
        } catch (error) {
            options.onBytes?.(-received);
            throw error;
        }
    });
}

/** Reads what is unread of each copy; the findings are in the order of the copies. */
export async function readCopies(looks: readonly Look[], options: TransferOptions): Promise<Finding[][]> {
    const remote = pLimit(options.parallel ?? defaults.parallel);
    const local = pLimit(localParallel);
    return Promise.all(
        looks.map(async (look) => {
            const limit = look.kind === "s3" ? remote : local;
            return readCopy(look, (read) => limit.map(look.unread, read), options);
        }),
    );
}

type ReadEach = (read: (artefact: Unread) => Promise<Finding[]>) => Promise<Finding[][]>;

/** A place that cannot be read any more is not asked again for each of its files: that could take hours. */
async function readCopy(look: Look, each: ReadEach, options: TransferOptions): Promise<Finding[]> {
    let broken = false;
    const findings = await each(async (artefact) => {
        if (broken) {
            return [];
        }
        try {
            return compare(artefact, await look.hash(artefact, options));
        } catch (error) {
            options.signal?.throwIfAborted();
            if (isGone(error)) {
                return [{ kind: "missing", name: artefact.name, message: `${artefact.name} is missing` }];
            }
            broken = true;
            return [{ kind: "unknown", message: `not all could be read: ${(error as Error).message}` }];
        }
    });
    return findings.flat();
}

function compare({ name, sha256, seemsRight }: Unread, found: string): Finding[] {
    const message = `${name} has other contents: SHA-256 ${found}, not ${sha256}`;
    return found === sha256 ? [] : [{ kind: "changed", name, message, ...(seemsRight && { deep: true }) }];
}

/** Deleted since it was listed. */
function isGone(error: unknown): boolean {
    const { code, cause } = error as { code?: string; cause?: unknown };
    return code === "ENOENT" || (cause !== undefined && isNotFound(cause));
}

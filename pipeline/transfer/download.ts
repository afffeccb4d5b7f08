// Artefacts come from S3: hashed as they arrive, and visible under their name only when they are right.
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import type { S3Location } from "../../config/settings.ts";
import { type Artefact, artefactPath } from "../stage/manifest.ts";
import { keyPrefix } from "./listing.ts";
import { defaults, type TransferOptions } from "./options.ts";
import { partialSuffix } from "./partial.ts";
import { attempt, IntegrityError } from "./retry.ts";

/** An object to fetch; one that no manifest describes is checked by its size alone. */
export type Wanted = Pick<Artefact, "name" | "size"> & Partial<Artefact>;

/** Downloads the artefacts into `root`, replacing what is there under their names. */
export async function downloadArtefacts(
    client: S3Client,
    location: S3Location,
    root: string,
    artefacts: readonly Wanted[],
    options: TransferOptions = {},
): Promise<void> {
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const limit = pLimit(options.parallel ?? defaults.parallel);
    await limit.map(artefacts, async (artefact) => {
        try {
            await downloadFile(client, location, root, artefact, { ...options, signal });
        } catch (error) {
            stop.abort(error);
            throw error;
        }
    });
}

async function downloadFile(
    client: S3Client,
    location: S3Location,
    root: string,
    artefact: Wanted,
    options: TransferOptions,
): Promise<void> {
    const file = artefactPath(root, artefact.name);
    const partial = file + partialSuffix;
    await mkdir(path.dirname(file), { recursive: true });
    try {
        await attempt(`fetching ${location.uri}/${artefact.name}`, options, async () => {
            const hash = createHash("sha256");
            let received = 0;
            const meter = new Transform({
                transform(chunk: Buffer, _encoding, done) {
                    hash.update(chunk);
                    received += chunk.length;
                    options.onBytes?.(chunk.length);
                    done(null, chunk);
                },
            });
            try {
                const { Body } = await client.send(
                    new GetObjectCommand({ Bucket: location.bucket, Key: keyPrefix(location) + artefact.name }),
                    options.signal && { abortSignal: options.signal },
                );
                await pipeline(Body as Readable, meter, createWriteStream(partial, { flush: true }), {
                    ...(options.signal && { signal: options.signal }),
                });
                const sha256 = hash.digest("hex");
                if (received !== artefact.size || sha256 !== (artefact.sha256 ?? sha256)) {
                    throw new IntegrityError(
                        `got ${received} bytes with SHA-256 ${sha256}, ` +
                            `expected are ${artefact.size} bytes with ${artefact.sha256 ?? "any"}`,
                    );
                }
            } catch (error) {
                options.onBytes?.(-received);
                throw error;
            }
        });
        await rename(partial, file);
    } catch (error) {
        await rm(partial, { force: true });
        throw error;
    }
}

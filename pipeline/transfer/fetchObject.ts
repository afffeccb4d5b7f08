// One object arrives: from where an earlier attempt or run had come to, and under its name only when it is right.
import { constants } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { S3Location } from "../../config/settings.ts";
import { type Artefact, artefactPath } from "../stage/manifest.ts";
import { Arrival } from "./arrival.ts";
import { keyPrefix } from "./listing.ts";
import { onDisk } from "./localFile.ts";
import type { TransferOptions } from "./options.ts";
import { partialFile } from "./partial.ts";
import { attempt, IntegrityError, isNotFound } from "./retry.ts";

/** An object to fetch; one that no manifest describes is checked by its size alone. */
export type Wanted = Pick<Artefact, "name" | "size"> & Partial<Artefact>;

/** Fetches an object into its place below `root`, whose folder is there, replacing what is there. */
export async function fetchObject(
    client: S3Client,
    location: S3Location,
    root: string,
    wanted: Wanted,
    options: TransferOptions,
): Promise<void> {
    options.signal?.throwIfAborted();
    const file = artefactPath(root, wanted.name);
    const partial = partialFile(file, wanted.sha256);
    const handle = await onDisk("write", partial, () => open(partial, constants.O_RDWR | constants.O_CREAT, 0o666));
    let keep = wanted.sha256 !== undefined;
    let whole = false;
    const arrival = new Arrival(handle, partial, wanted, options);
    try {
        await arrival.resume(keep);
        const address = { Bucket: location.bucket, Key: keyPrefix(location) + wanted.name };
        await attempt(
            `fetching s3://${address.Bucket}/${address.Key}`,
            options,
            () => receive(client, address, arrival, options),
            () => arrival.progressed(),
        );
        await onDisk("write", partial, () => handle.sync());
        whole = true;
        arrival.release();
    } catch (error) {
        // Once stopped, the error is that of whatever stopped it.
        const cause = options.signal?.aborted ? undefined : (error as Error).cause;
        keep &&= (await handle.stat()).size > 0 && !(cause instanceof IntegrityError) && !isNotFound(cause ?? {});
        throw error;
    } finally {
        await handle.close();
        if (!whole && !keep) {
            await rm(partial, { force: true });
        }
    }
    await onDisk("write", file, () => rename(partial, file));
}

/** One request for all that is still missing. */
async function receive(
    client: S3Client,
    address: { readonly Bucket: string; readonly Key: string },
    arrival: Arrival,
    options: TransferOptions,
): Promise<void> {
    if (!arrival.isComplete()) {
        const body = await ask(client, address, arrival, options);
        try {
            for await (const chunk of options.signal ? addAbortSignal(options.signal, body) : body) {
                await arrival.write(chunk as Buffer);
            }
        } finally {
            await arrival.settle();
        }
    }
    await arrival.verify();
}

async function ask(
    client: S3Client,
    address: { readonly Bucket: string; readonly Key: string },
    arrival: Arrival,
    options: TransferOptions,
): Promise<Readable> {
    const { received, etag } = arrival;
    const rest = received > 0 && { Range: `bytes=${received}-`, ...(etag !== undefined && { IfMatch: etag }) };
    try {
        const { Body, ETag, ContentRange } = await client.send(
            new GetObjectCommand({ ...address, ...rest }),
            options.signal && { abortSignal: options.signal },
        );
        if (received > 0 && !ContentRange?.startsWith(`bytes ${received}-`)) {
            // This server answers with the whole object whatever it is asked for.
            await arrival.startOver();
        }
        arrival.etag = ETag;
        return Body as Readable;
    } catch (error) {
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
        if (status === 412 || status === 416) {
            await arrival.startOver();
            throw new IntegrityError("the object was replaced by another one while it was fetched");
        }
        throw error;
    }
}

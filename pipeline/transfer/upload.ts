// A stage's artefacts go to S3: only what is missing there, the manifest last.
import { stat } from "node:fs/promises";
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import pMap from "p-map";
import type { S3Location } from "../../config/settings.ts";
import { type Artefact, artefactPath, type Manifest, manifestDigest, totalBytes } from "../stage/manifest.ts";
import { sendRange } from "./fileBody.ts";
import { keyPrefix } from "./listing.ts";
import { onDisk } from "./localFile.ts";
import { fetchPublished, putManifest } from "./manifestObject.ts";
import { abortUnwanted, sendInParts, type WholeFile } from "./multipart.ts";
import { defaults, type TransferOptions } from "./options.ts";
import { attempt } from "./retry.ts";
import { eachObject } from "./sideBySide.ts";
import { tracked } from "./tracked.ts";
import { forgetUnlisted, unlistedNames, withdrawManifest } from "./unlisted.ts";
import type { ObjectAddress } from "./uploadNotes.ts";
import { missingOnS3, sha256Metadata } from "./verify.ts";

/** What was sent, as opposed to found there. */
export interface UploadResult {
    readonly files: number;
    /** Of an object in parts, those that an earlier run had not sent. */
    readonly bytes: number;
}

/** Makes S3 hold exactly what the manifest lists of this stage, sending from `root` what is not there yet. */
export async function uploadStage(
    client: S3Client,
    root: string,
    location: S3Location,
    manifest: Manifest,
    options: TransferOptions & { onPlan?: (bytes: number) => void } = {},
): Promise<UploadResult> {
    const found = await fetchPublished(client, location, manifest.stage, options);
    const published = found?.manifest;
    const missing = await missingOnS3(client, location, manifest.artefacts, options, found);
    const sameContents = published && manifestDigest(published) === manifestDigest(manifest);
    options.onPlan?.(totalBytes({ artefacts: missing }));
    if (published && !sameContents) {
        // From the first replaced object on, the old manifest would describe something that is not there.
        await withdrawManifest(client, location, published, options);
    }
    await dropUnfinished(client, location, missing, options);
    const sent = await eachObject(missing, options, (artefact, stoppable) =>
        tracked(artefact, stoppable, (options) => uploadFile(client, root, location, artefact, options)),
    );
    await deleteStale(client, location, published, manifest, options);
    if (!sameContents || published.settingsDigest !== manifest.settingsDigest || missing.length > 0) {
        await putManifest(client, location, manifest, options);
    }
    if (options.notes !== undefined) {
        await forgetUnlisted(options.notes, location);
    }
    return { files: missing.length, bytes: sent.reduce((sum, bytes) => sum + bytes, 0) };
}

function inParts({ size }: Pick<Artefact, "size">, options: TransferOptions): boolean {
    return size > 0 && size >= (options.multipartBytes ?? defaults.multipartBytes);
}

/** Uploads that an earlier run has begun and this one does not go on with. */
async function dropUnfinished(
    client: S3Client,
    location: S3Location,
    missing: readonly Artefact[],
    options: TransferOptions,
): Promise<void> {
    if (options.notes === undefined) {
        return;
    }
    const prefix = keyPrefix(location);
    const wanted = new Map(missing.map((artefact) => [prefix + artefact.name, artefact]));
    await abortUnwanted(
        client,
        options.notes,
        location.bucket,
        prefix,
        ({ address, sha256 }) => {
            const artefact = wanted.get(address.Key);
            return artefact?.sha256 === sha256 && inParts(artefact, options);
        },
        options,
    );
}

/** @returns the bytes that were sent */
export async function uploadFile(
    client: S3Client,
    root: string,
    location: S3Location,
    artefact: Artefact,
    options: TransferOptions,
): Promise<number> {
    const { name, size, sha256 } = artefact;
    const file = artefactPath(root, name);
    const address = { Bucket: location.bucket, Key: keyPrefix(location) + name };
    const before = await onDisk("read", file, () => stat(file));
    if (before.size !== size) {
        throw new Error(`${file} has ${before.size} bytes, ${size} when its stage ended: it was changed since`);
    }
    const assertUnchanged = async () => {
        const after = await onDisk("read", file, () => stat(file));
        if (after.mtimeMs !== before.mtimeMs || after.size !== before.size) {
            throw new Error(`${file} was changed while it was sent`);
        }
    };
    try {
        const whole = { path: file, size, sha256, assertUnchanged };
        const send = inParts(artefact, options) ? sendInParts : sendWhole;
        const sent = await send(client, address, whole, options);
        await assertUnchanged();
        return sent;
    } catch (error) {
        // A server refuses contents that are not the ones announced; that they were changed here is the cause to tell.
        await assertUnchanged();
        throw error;
    }
}

async function sendWhole(
    client: S3Client,
    address: ObjectAddress,
    { path, size, sha256, assertUnchanged }: WholeFile,
    options: TransferOptions,
): Promise<number> {
    await attempt(`sending s3://${address.Bucket}/${address.Key}`, options, async () => {
        try {
            return await sendRange({ path, start: 0, length: size }, options, (Body) => {
                const Metadata = { [sha256Metadata]: sha256 };
                const put = new PutObjectCommand({ ...address, Body, ContentLength: size, Metadata });
                signContents(put, sha256);
                return client.send(put, options.signal && { abortSignal: options.signal });
            });
        } catch (error) {
            // Another attempt would send the same wrong contents.
            await assertUnchanged();
            throw error;
        }
    });
    return size;
}

/** Puts the SHA-256 into the signature, so that the server refuses a body that changed on its way. */
function signContents(put: PutObjectCommand, sha256: string): void {
    put.middlewareStack.add(
        (next) => (args) => {
            (args.request as { headers: Record<string, string> }).headers["x-amz-content-sha256"] = sha256;
            return next(args);
        },
        { step: "build", name: "signContents" },
    );
}

/** Objects that an earlier run of the stage made, or sent before it failed, and this one did not. */
async function deleteStale(
    client: S3Client,
    location: S3Location,
    published: Manifest | undefined,
    manifest: Manifest,
    options: TransferOptions,
): Promise<void> {
    const names = new Set(manifest.artefacts.map(({ name }) => name));
    const earlier = [
        ...(published?.artefacts.map(({ name }) => name) ?? []),
        ...(options.notes === undefined ? [] : await unlistedNames(options.notes, location)),
    ];
    const stale = [...new Set(earlier)].filter((name) => !names.has(name));
    const remove = (name: string) =>
        attempt(`deleting ${location.uri}/${name}`, options, () =>
            client.send(new DeleteObjectCommand({ Bucket: location.bucket, Key: keyPrefix(location) + name })),
        );
    await pMap(stale, remove, { concurrency: options.parallel ?? defaults.parallel });
}

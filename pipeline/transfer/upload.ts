// A stage's artefacts go to S3: only what is missing there, the manifest last.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import type { S3Location } from "../../config/settings.ts";
import { type Artefact, artefactPath, type Manifest, manifestDigest, totalBytes } from "../stage/manifest.ts";
import { counted } from "./counted.ts";
import { keyPrefix } from "./listing.ts";
import { deleteManifest, fetchManifest, putManifest } from "./manifestObject.ts";
import { sendInParts } from "./multipart.ts";
import { defaults, type TransferOptions } from "./options.ts";
import { attempt } from "./retry.ts";
import { missingOnS3, sha256Metadata } from "./verify.ts";

export interface UploadResult {
    /** What was sent, as opposed to found there. */
    readonly files: number;
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
    const published = await fetchManifest(client, location, manifest.stage, options);
    const missing = await missingOnS3(client, location, manifest.artefacts, options);
    const sameContents = published && manifestDigest(published) === manifestDigest(manifest);
    options.onPlan?.(totalBytes({ artefacts: missing }));
    if (published && !sameContents) {
        // From the first replaced object on, the old manifest would describe something that is not there.
        await deleteManifest(client, location, manifest.stage, options);
    }
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const limit = pLimit(options.parallel ?? defaults.parallel);
    await limit.map(missing, async (artefact) => {
        try {
            await uploadFile(client, root, location, artefact, { ...options, signal });
        } catch (error) {
            stop.abort(error);
            throw error;
        }
    });
    await deleteStale(client, location, published, manifest, options);
    if (!sameContents || published.settingsDigest !== manifest.settingsDigest || missing.length > 0) {
        await putManifest(client, location, manifest, options);
    }
    return { files: missing.length, bytes: totalBytes({ artefacts: missing }) };
}

async function uploadFile(
    client: S3Client,
    root: string,
    location: S3Location,
    artefact: Artefact,
    options: TransferOptions,
): Promise<void> {
    const file = artefactPath(root, artefact.name);
    const where = { Bucket: location.bucket, Key: keyPrefix(location) + artefact.name };
    const before = await stat(file);
    if (before.size !== artefact.size) {
        throw new Error(
            `${file} has ${before.size} bytes, ${artefact.size} when its stage ended: it was changed since`,
        );
    }
    const metadata = { [sha256Metadata]: artefact.sha256 };
    if (artefact.size >= (options.multipartBytes ?? defaults.multipartBytes)) {
        await sendInParts(client, where, { path: file, size: artefact.size, metadata }, options);
    } else {
        await attempt(`sending ${location.uri}/${artefact.name}`, options, () =>
            counted(createReadStream(file, { highWaterMark: 1 << 18 }), options, (Body) => {
                const put = new PutObjectCommand({ ...where, Body, ContentLength: artefact.size, Metadata: metadata });
                signContents(put, artefact.sha256);
                return client.send(put, options.signal && { abortSignal: options.signal });
            }),
        );
    }
    const after = await stat(file);
    if (after.mtimeMs !== before.mtimeMs || after.size !== before.size) {
        throw new Error(`${file} was changed while it was sent`);
    }
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

/** Objects that an earlier run of the stage made and this one did not. */
async function deleteStale(
    client: S3Client,
    location: S3Location,
    published: Manifest | undefined,
    manifest: Manifest,
    options: TransferOptions,
): Promise<void> {
    const names = new Set(manifest.artefacts.map(({ name }) => name));
    const stale = published?.artefacts.filter(({ name }) => !names.has(name)) ?? [];
    const limit = pLimit(options.parallel ?? defaults.parallel);
    await limit.map(stale, ({ name }) =>
        attempt(`deleting ${location.uri}/${name}`, options, () =>
            client.send(new DeleteObjectCommand({ Bucket: location.bucket, Key: keyPrefix(location) + name })),
        ),
    );
}

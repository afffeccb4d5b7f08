// A stage's manifest on S3: written last, removed first.
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { S3Location } from "../../config/settings.ts";
import { type Manifest, manifestName, parseManifest } from "../stage/manifest.ts";
import { keyPrefix } from "./listing.ts";
import type { TransferOptions } from "./options.ts";
import { attempt, isNotFound } from "./retry.ts";

function address(location: S3Location, stage: string) {
    return { Bucket: location.bucket, Key: keyPrefix(location) + manifestName(stage) };
}

/** A manifest as it lies on S3. */
export interface PublishedManifest {
    readonly manifest: Manifest;
    /** When the server took it; servers tell it to the second. */
    readonly written: Date | undefined;
}

/** @returns undefined when there is none */
export async function fetchManifest(
    client: S3Client,
    location: S3Location,
    stage: string,
    options: TransferOptions = {},
): Promise<Manifest | undefined> {
    return (await fetchPublished(client, location, stage, options))?.manifest;
}

/** @returns undefined when there is none */
export async function fetchPublished(
    client: S3Client,
    location: S3Location,
    stage: string,
    options: TransferOptions = {},
): Promise<PublishedManifest | undefined> {
    const where = address(location, stage);
    const source = `s3://${where.Bucket}/${where.Key}`;
    const found = await attempt(`reading ${source}`, options, async () => {
        try {
            const { Body, LastModified } = await client.send(
                new GetObjectCommand(where),
                options.signal && { abortSignal: options.signal },
            );
            return { text: (await Body?.transformToString()) ?? "", written: LastModified };
        } catch (error) {
            if (isNotFound(error) && (error as Error).name !== "NoSuchBucket") {
                return undefined;
            }
            throw error;
        }
    });
    return found && { manifest: parseManifest(found.text, source), written: found.written };
}

export async function putManifest(
    client: S3Client,
    location: S3Location,
    manifest: Manifest,
    options: TransferOptions = {},
): Promise<void> {
    const where = address(location, manifest.stage);
    await attempt(`writing s3://${where.Bucket}/${where.Key}`, options, () =>
        client.send(
            new PutObjectCommand({
                ...where,
                Body: `${JSON.stringify(manifest, null, 1)}\n`,
                ContentType: "application/json",
            }),
            options.signal && { abortSignal: options.signal },
        ),
    );
}

export async function deleteManifest(
    client: S3Client,
    location: S3Location,
    stage: string,
    options: TransferOptions = {},
): Promise<void> {
    const where = address(location, stage);
    await attempt(`deleting s3://${where.Bucket}/${where.Key}`, options, () =>
        client.send(new DeleteObjectCommand(where), options.signal && { abortSignal: options.signal }),
    );
}

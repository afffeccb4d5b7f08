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

/** @returns undefined when there is none */
export async function fetchManifest(
    client: S3Client,
    location: S3Location,
    stage: string,
    options: TransferOptions = {},
): Promise<Manifest | undefined> {
    const where = address(location, stage);
    const source = `s3://${where.Bucket}/${where.Key}`;
    const text = await attempt(`reading ${source}`, options, async () => {
        try {
            const { Body } = await client.send(
                new GetObjectCommand(where),
                options.signal && { abortSignal: options.signal },
            );
            return await Body?.transformToString();
        } catch (error) {
            if (isNotFound(error) && (error as Error).name !== "NoSuchBucket") {
                return undefined;
            }
            throw error;
        }
    });
    return text === undefined ? undefined : parseManifest(text, source);
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

// The ownership marker of a prefix: which stack may write and purge it.
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { S3Location } from "../../config/settings.ts";
import { keyPrefix } from "./listing.ts";
import type { TransferOptions } from "./options.ts";
import { attempt, isNotFound } from "./retry.ts";

export const ownerMarkerName = ".aframe-owner.json";

/** The words for an owner. Two users may give their stacks one name, so that the claim tells them apart. */
export function ownerName(stack: string, claim: string | undefined): string {
    return claim === undefined ? stack : `${stack} (claim ${claim})`;
}

/** The owner named by the marker; undefined without a readable marker of ours. */
export async function ownerOf(
    client: S3Client,
    location: S3Location,
    options: TransferOptions = {},
): Promise<string | undefined> {
    const where = { Bucket: location.bucket, Key: keyPrefix(location) + ownerMarkerName };
    const text = await attempt(`reading s3://${where.Bucket}/${where.Key}`, options, async () => {
        try {
            const abort = options.signal && { abortSignal: options.signal };
            return await (await client.send(new GetObjectCommand(where), abort)).Body?.transformToString();
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw error;
        }
    });
    try {
        const { project, stack, claim } = JSON.parse(text ?? "") as Readonly<Record<string, unknown>>;
        const isOurs = project === "aframe" && typeof stack === "string";
        return isOurs ? ownerName(stack, typeof claim === "string" ? claim : undefined) : undefined;
    } catch {
        return undefined;
    }
}

export async function assertOwner(
    client: S3Client,
    location: S3Location,
    owner: string,
    options: TransferOptions = {},
): Promise<void> {
    const found = await ownerOf(client, location, options);
    if (found !== owner) {
        throw new Error(
            found === undefined
                ? `${location.uri} has no ownership marker (${ownerMarkerName}); it is not touched`
                : `${location.uri} belongs to the stack ${found}, not to ${owner}; it is not touched`,
        );
    }
}

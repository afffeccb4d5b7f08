// Does S3 hold what a manifest lists?
import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import type { S3Location } from "../../config/settings.ts";
import type { Artefact } from "../stage/manifest.ts";
import { keyPrefix, listSizes } from "./listing.ts";
import { defaults, type TransferOptions } from "./options.ts";
import { attempt, isNotFound } from "./retry.ts";

/** Name of the object metadata that holds the SHA-256 of the content, in hex. */
export const sha256Metadata = "sha256";

/** The SHA-256 an object was sent with, or undefined when it is not there or came from elsewhere. */
async function storedSha256(
    client: S3Client,
    location: S3Location,
    name: string,
    options: TransferOptions,
): Promise<string | undefined> {
    return attempt(`looking at ${location.uri}/${name}`, options, async () => {
        try {
            const head = await client.send(
                new HeadObjectCommand({ Bucket: location.bucket, Key: keyPrefix(location) + name }),
                options.signal && { abortSignal: options.signal },
            );
            return head.Metadata?.[sha256Metadata];
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw error;
        }
    });
}

/**
 * The artefacts that S3 lacks or holds differently, by size and by the SHA-256 they were sent with.
 * What the server did to the bytes since is found by a download, which hashes them.
 */
export async function missingOnS3(
    client: S3Client,
    location: S3Location,
    artefacts: readonly Artefact[],
    options: TransferOptions = {},
): Promise<Artefact[]> {
    const sizes = await listSizes(client, location, options);
    const limit = pLimit((options.parallel ?? defaults.parallel) * 2);
    const missing = await limit.map(artefacts, async (artefact) => {
        if (sizes.get(artefact.name) !== artefact.size) {
            return [artefact];
        }
        const sha256 = await storedSha256(client, location, artefact.name, options);
        return sha256 === artefact.sha256 ? [] : [artefact];
    });
    return missing.flat();
}

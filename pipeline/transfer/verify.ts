// Does S3 hold what a manifest lists?
import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import pMap, { pMapSkip } from "p-map";
import type { S3Location } from "../../config/settings.ts";
import { type Artefact, manifestName } from "../stage/manifest.ts";
import { keyPrefix, type ListedObject, listObjects } from "./listing.ts";
import type { PublishedManifest } from "./manifestObject.ts";
import { defaults, type TransferOptions } from "./options.ts";
import { attempt, isNotFound } from "./retry.ts";

/** Name of the object metadata that holds the SHA-256 of the content, in hex. */
export const sha256Metadata = "sha256";

/** Whether S3 holds the artefact, by size and by the SHA-256 it was sent with. */
export async function isOnS3(
    client: S3Client,
    location: S3Location,
    { name, size, sha256 }: Artefact,
    options: TransferOptions,
): Promise<boolean> {
    return attempt(`looking at ${location.uri}/${name}`, options, async () => {
        try {
            const head = await client.send(
                new HeadObjectCommand({ Bucket: location.bucket, Key: keyPrefix(location) + name }),
                options.signal && { abortSignal: options.signal },
            );
            return head.ContentLength === size && head.Metadata?.[sha256Metadata] === sha256;
        } catch (error) {
            if (isNotFound(error)) {
                return false;
            }
            throw error;
        }
    });
}

/**
 * The artefacts that S3 lacks or holds differently, by size and by the SHA-256 they were sent with.
 * What the server did to the bytes since is found by a download, which hashes them.
 * @param published - a manifest that lies there: of what it lists, only what was written since is looked at one by one
 */
export async function missingOnS3(
    client: S3Client,
    location: S3Location,
    artefacts: readonly Artefact[],
    options: TransferOptions = {},
    published?: PublishedManifest,
): Promise<Artefact[]> {
    const objects = await listObjects(client, location, options);
    const listed = new Map(published?.manifest.artefacts.map((artefact) => [artefact.name, artefact]));
    // A manifest is written after all that it lists.
    const before = published === undefined ? 0 : timeWritten(published, objects);
    const isMissing = async (artefact: Artefact): Promise<boolean> => {
        const { name, size, sha256 } = artefact;
        const object = objects.get(name);
        if (object?.size !== size) {
            return true;
        }
        const known = listed.get(name)?.sha256 === sha256 && object.modified.getTime() < before;
        return !known && !(await isOnS3(client, location, artefact, options));
    };
    const concurrency = (options.parallel ?? defaults.parallel) * 2;
    return pMap(artefacts, async (artefact) => ((await isMissing(artefact)) ? artefact : pMapSkip), { concurrency });
}

/** Milliseconds since the epoch; many servers tell them in a listing, but only seconds with the manifest itself. */
function timeWritten(
    { manifest, written }: PublishedManifest,
    objects: ReadonlyMap<string, Pick<ListedObject, "modified">>,
): number {
    const told = written?.getTime() ?? 0;
    const listed = objects.get(manifestName(manifest.stage))?.modified.getTime() ?? 0;
    // Of another second, it is another manifest, that came in between.
    return Math.floor(listed / 1000) === Math.floor(told / 1000) ? listed : told;
}

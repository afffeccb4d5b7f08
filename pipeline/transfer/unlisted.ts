// Notes on this machine of objects of a stage that no manifest on S3 lists: without them, one that the stage does not
// make again would stay for ever. A manifest is withdrawn before the first of its objects is replaced.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Location } from "../../config/settings.ts";
import { replaceFile } from "../../files/replaceFile.ts";
import type { Manifest } from "../stage/manifest.ts";
import { keyPrefix } from "./listing.ts";
import { onDisk } from "./localFile.ts";
import { deleteManifest } from "./manifestObject.ts";
import type { TransferOptions } from "./options.ts";

/** In the folder of the stage's other notes, a file for each place that the stage has sent to. */
function noteFile(folder: string, location: S3Location): string {
    const place = createHash("sha256")
        .update(`${location.bucket}\0${keyPrefix(location)}`)
        .digest("hex");
    return path.join(folder, `unlisted-${place.slice(0, 32)}.json`);
}

/** Names relative to the place; none when there is no note, or none that can be read. */
export async function unlistedNames(folder: string, location: S3Location): Promise<readonly string[]> {
    try {
        const names = JSON.parse(await readFile(noteFile(folder, location), "utf8")) as unknown;
        return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
    } catch {
        return [];
    }
}

/** Written before the objects are: after a kill, none is there that is not noted. */
export async function noteUnlisted(folder: string, location: S3Location, names: readonly string[]): Promise<void> {
    const known = await unlistedNames(folder, location);
    const all = new Set([...known, ...names]);
    if (all.size === known.length) {
        return;
    }
    const file = noteFile(folder, location);
    await onDisk("write", file, async () => {
        await mkdir(folder, { recursive: true });
        await replaceFile(file, `${JSON.stringify([...all].sort())}\n`);
    });
}

/** Once a manifest lists all that is there. */
export async function forgetUnlisted(folder: string, location: S3Location): Promise<void> {
    await rm(noteFile(folder, location), { force: true });
}

/** Deletes the manifest, whose objects are then noted. */
export async function withdrawManifest(
    client: S3Client,
    location: S3Location,
    { stage, artefacts }: Manifest,
    options: TransferOptions,
): Promise<void> {
    if (options.notes !== undefined) {
        const names = artefacts.map(({ name }) => name);
        await noteUnlisted(options.notes, location, names);
    }
    await deleteManifest(client, location, stage, options);
}

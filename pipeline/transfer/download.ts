// Artefacts come from S3: hashed as they arrive, and visible under their name only when they are right.
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Location } from "../../config/settings.ts";
import { artefactPath } from "../stage/manifest.ts";
import { fetchObject, type Wanted } from "./fetchObject.ts";
import { onDisk } from "./localFile.ts";
import type { TransferOptions } from "./options.ts";
import { partialFile, partialSuffix } from "./partial.ts";
import { eachObject } from "./sideBySide.ts";
import { tracked } from "./tracked.ts";

export type { Wanted } from "./fetchObject.ts";

/**
 * Downloads the artefacts into `root`, replacing what is there under their names. What arrives of an artefact with a
 * known SHA-256 before an interruption is kept beside its place, and the next call fetches the rest.
 */
export async function downloadArtefacts(
    client: S3Client,
    location: S3Location,
    root: string,
    artefacts: readonly Wanted[],
    options: TransferOptions = {},
): Promise<void> {
    await prepareFolders(root, artefacts);
    await eachObject(artefacts, options, (artefact, stoppable) =>
        tracked(artefact, stoppable, (options) => fetchObject(client, location, root, artefact, options)),
    );
}

/** Makes the artefacts' folders, and removes what had arrived there of other contents of them. */
async function prepareFolders(root: string, artefacts: readonly Wanted[]): Promise<void> {
    const current = new Map<string, string>();
    for (const { name, sha256 } of artefacts) {
        const file = artefactPath(root, name);
        current.set(file, partialFile(file, sha256));
    }
    const folders = new Map([...current.keys()].map((file) => [path.dirname(file), file]));
    for (const [folder, inside] of folders) {
        await onDisk("write", inside, () => mkdir(folder, { recursive: true }));
        const names = await readdir(folder).catch(() => []);
        for (const partial of names.filter((name) => name.endsWith(partialSuffix))) {
            const found = path.join(folder, partial);
            const file = found.slice(0, -partialSuffix.length).replace(/\.[0-9a-f]{16}$/, "");
            if (current.has(file) && current.get(file) !== found) {
                await rm(found, { force: true });
            }
        }
    }
}

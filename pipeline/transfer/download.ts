// Artefacts come from S3: hashed as they arrive, and visible under their name only when they are right.
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Location } from "../../config/settings.ts";
import { artefactPath } from "../stage/manifest.ts";
import { fetchObject, type Wanted } from "./fetchObject.ts";
import { defaults, type TransferOptions } from "./options.ts";
import { partialFile, partialSuffix } from "./partial.ts";
import { sideBySide } from "./sideBySide.ts";
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
    await clearOutdated(root, artefacts);
    await sideBySide(artefacts, options.parallel ?? defaults.parallel, options, (artefact, stoppable) =>
        tracked(artefact, stoppable, (options) => fetchObject(client, location, root, artefact, options)),
    );
}

/** Removes what had arrived of other contents of these artefacts. */
async function clearOutdated(root: string, artefacts: readonly Wanted[]): Promise<void> {
    const current = new Map<string, string>();
    for (const { name, sha256 } of artefacts) {
        const file = artefactPath(root, name);
        current.set(file, partialFile(file, sha256));
    }
    for (const folder of new Set([...current.keys()].map((file) => path.dirname(file)))) {
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

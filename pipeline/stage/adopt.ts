// Takes over what law wrote to S3 before this program managed it: objects without a manifest.
import { stat } from "node:fs/promises";
import path from "node:path";
import prettyBytes from "pretty-bytes";
import { clientFor } from "../transfer/client.ts";
import { downloadArtefacts, type Wanted } from "../transfer/download.ts";
import { listSizes } from "../transfer/listing.ts";
import { fetchManifest } from "../transfer/manifestObject.ts";
import { fileCount, type Say } from "./console.ts";
import { artefactPath, totalBytes } from "./manifest.ts";
import type { StageInputs } from "./state.ts";

/** Fills the mirror, in which law then finds its outputs and makes only what is missing. */
export async function adoptFromS3(inputs: StageInputs, signal: AbortSignal, say: Say): Promise<void> {
    const { target, s3, root, stage, produces } = inputs;
    if (!inputs.adoptExisting || !target) {
        return;
    }
    const client = clientFor(s3);
    // With a manifest it was this program, with other settings: nothing to build on.
    if (await fetchManifest(client, target, stage, { signal })) {
        return;
    }
    const wanted: Wanted[] = [];
    for (const [name, size] of await listSizes(client, target, { signal })) {
        const matches = produces.some((pattern) => path.posix.matchesGlob(name, pattern));
        const here = await stat(path.join(root, name)).catch(() => undefined);
        if (matches && here?.size !== size) {
            artefactPath(root, name);
            wanted.push({ name, size });
        }
    }
    if (wanted.length > 0) {
        say(
            `taking over ${fileCount(wanted.length)} (${prettyBytes(totalBytes({ artefacts: wanted }))}) of ${target.uri}`,
        );
        await downloadArtefacts(client, target, root, wanted, { signal, onRetry: say });
    }
}

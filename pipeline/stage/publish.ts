// What a stage made goes to S3: all that is not there yet, and the manifest.
import prettyBytes from "pretty-bytes";
import { clientFor } from "../transfer/client.ts";
import { uploadStage } from "../transfer/upload.ts";
import { fileCount, type Say } from "./console.ts";
import type { EarlySending, MirroredStage } from "./earlySending.ts";
import type { Manifest } from "./manifest.ts";
import { uploadsFolder } from "./paths.ts";
import { progressBoard } from "./progressBoard.ts";

/** @param early - what was sent while the task ran @default nothing */
export async function publish(
    inputs: MirroredStage,
    manifest: Manifest,
    early: EarlySending | undefined,
    signal: AbortSignal,
    say: Say,
): Promise<void> {
    const meter = progressBoard.begin(inputs.stage, "sent");
    try {
        const sent = await uploadStage(clientFor(inputs.s3), inputs.root, inputs.target, manifest, {
            signal,
            onPlan: meter.plan,
            ...meter.listeners,
            onRetry: say,
            notes: uploadsFolder(inputs.directory, inputs.stage),
        });
        const before = manifest.artefacts.filter(({ name, sha256 }) => early?.sent.get(name)?.sha256 === sha256);
        const bytes = before.reduce((sum, { name }) => sum + (early?.sent.get(name)?.bytes ?? 0), sent.bytes);
        const files = sent.files + before.length;
        const there = manifest.artefacts.length - files;
        const parts = [
            `sent ${fileCount(files)} (${prettyBytes(bytes)}) to ${inputs.target.uri}`,
            ...(before.length > 0 ? [`${before.length} while the task ran`] : []),
            ...(there > 0 ? [`${there} were there`] : []),
        ];
        say(parts.join(", "));
    } finally {
        progressBoard.end(meter);
    }
}

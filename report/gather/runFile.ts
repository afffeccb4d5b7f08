// What run.json says of the training whose model is there: what its pod had in it, or the checkout it ran from.

import { readRunFile } from "../../pipeline/provenance/place.ts";
import { parseRunFile, type RunFile, runFileName } from "../../pipeline/provenance/runFile.ts";
import { impatient } from "../../pipeline/training/report.ts";
import { trainStage } from "../../pipeline/training/state.ts";
import type { GatheredStage } from "./stages.ts";
import type { Subject } from "./subject.ts";

export interface FoundRunFile {
    /** URI, or path on this machine. */
    readonly place: string;
    readonly run: RunFile;
}

/** Undefined when there is none of that very model, as while a training goes on beside the model of an earlier one. */
export async function findRunFile(
    { settings, state: { training }, s3 }: Subject,
    stages: readonly GatheredStage[],
): Promise<FoundRunFile | undefined> {
    const model = stages.find(({ name }) => name === trainStage || name === "TrainLocal")?.digest;
    const runDir = training?.runDir ?? settings?.directories.run;
    if (model === undefined || runDir === undefined) return undefined;
    const connection = training ? training.s3 : s3;
    const text = await readRunFile({ runDir, ...(connection && { s3: connection }) }, impatient);
    if (text === undefined) return undefined;
    const place = `${runDir.kind === "s3" ? runDir.uri : runDir.path}/${runFileName}`;
    const run = parseRunFile(text, place);
    return run.model.manifestDigest === model ? { place, run } : undefined;
}

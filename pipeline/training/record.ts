// Keeps beside the records of the stages what has trained and for how long: the state, which knows it too, is not
// there for a preview to read.
import { manifestDigest } from "../stage/manifest.ts";
import { recordFile } from "../stage/paths.ts";
import { readRecord, type StageRecord, writeRecord } from "../stage/records.ts";
import { type TrainingManifest, trainStage } from "./state.ts";

/** The record of a remote training, with what its pod has written. */
export interface TrainingRecord extends StageRecord {
    readonly manifest: TrainingManifest;
}

/** @returns undefined when no training of this experiment is known to have finished */
export async function readTrainingRecord(directory: string): Promise<TrainingRecord | undefined> {
    return readRecord(recordFile(directory, trainStage));
}

/** @param manifest - of a training that has finished */
export async function recordTraining(directory: string, manifest: TrainingManifest): Promise<void> {
    const known = (await readTrainingRecord(directory))?.manifest;
    // A stage that has fetched the model knows more of its files.
    const isKnown = known && manifestDigest(known) === manifestDigest(manifest);
    if (isKnown && known.settingsDigest === manifest.settingsDigest) {
        return;
    }
    // Nothing of it is on this machine; the stage that fetches it says where it put it.
    const record: TrainingRecord = { manifest, root: "", seconds: manifest.seconds ?? 0, mtimes: {} };
    await writeRecord(recordFile(directory, trainStage), record);
}

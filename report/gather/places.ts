// Where an experiment's results are.
import path from "node:path";
import { localDirectories } from "../../components/experimentDirectories.ts";
import type { ExperimentSettings, S3Location } from "../../config/settings.ts";
import type { SensitiveVolume } from "../model/report.ts";
import { readVolume } from "./volume.ts";

/** Undefined for a training on this machine. */
export function runDirOnS3({ training, directories }: ExperimentSettings): S3Location | undefined {
    return training.where === "remote" && directories.run.kind === "s3" ? directories.run : undefined;
}

export function localRunDir(settings: ExperimentSettings): string {
    return localDirectories(settings).run;
}

export async function findVolume(settings: ExperimentSettings | undefined): Promise<SensitiveVolume | undefined> {
    return settings && readVolume(path.join(settings.directories.results.path, "plots", "sensitive_volume.h5"));
}

export function placesOnS3({ directories }: ExperimentSettings): S3Location[] {
    return [directories.trainData, directories.run].filter((place) => place.kind === "s3");
}

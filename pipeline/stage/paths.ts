// Where a stage keeps its books in the experiment directory.
import path from "node:path";

/** The record of a finished stage; without it a stage is not done. */
export function recordFile(directory: string, stage: string): string {
    return path.join(directory, ".aframe", "records", `${stage}.json`);
}

/** Present from the start of an attempt until its record is written: what lies in the root meanwhile is half-made. */
export function attemptFile(directory: string, stage: string): string {
    return path.join(directory, ".aframe", "records", `${stage}.attempt.json`);
}

/** Notes of a stage's unfinished uploads, by which its next run goes on with them. */
export function uploadsFolder(directory: string, stage: string): string {
    return path.join(directory, ".aframe", "uploads", stage);
}

export function lockFile(directory: string, stage: string): string {
    return path.join(directory, ".aframe", "locks", `${stage}.json`);
}

export function logFile(directory: string, stage: string): string {
    return path.join(directory, "logs", `${stage}.log`);
}

/** The folder tasks are started in: never the checkout, whose luigi.cfg would beat the experiment's cfg. */
export function workingFolder(directory: string): string {
    return path.join(directory, ".aframe");
}

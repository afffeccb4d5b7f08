// The form in which the stages of a process tell a live display how far their transfers are: one line for all of them.
import type { Progress, TransferProgress } from "../transfer/progress.ts";

export interface StageProgress extends TransferProgress {
    readonly stage: string;
    readonly verb: "sent" | "fetched" | "hashed";
}

/** Set, to any text, by whoever reads progress lines; without it there are lines for people, each ten seconds. */
export const liveProgressVariable = "AFRAME_LIVE_PROGRESS";

/** No line of a task starts like this: each has the stage's name before it. */
const mark = "\u001eaframe-progress ";

/** Whether its bytes go over the network, as opposed to being read here: only those are in the total. */
export function travels({ verb }: Pick<StageProgress, "verb">): boolean {
    return verb !== "hashed";
}

export interface StagesProgress {
    readonly stages: readonly StageProgress[];
    /** Of all that this process has sent and fetched since it began, and is to. */
    readonly total: Progress;
}

export function progressLine(progress: StagesProgress): string {
    return `${mark}${JSON.stringify(progress)}`;
}

export function isProgressLine(line: string): boolean {
    return line.startsWith(mark);
}

/** @returns undefined for one that is not whole */
export function parseProgressLine(line: string): StagesProgress | undefined {
    try {
        return JSON.parse(line.slice(mark.length)) as StagesProgress;
    } catch {
        // Cut by the end of its process.
        return undefined;
    }
}

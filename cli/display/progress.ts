// What has happened so far: the state that a display draws, folded from the engine's events.
import type { EngineEvent, Step, StepOp } from "../../embedded/engine/events.ts";
import { cleanText } from "./format.ts";

export interface Row {
    readonly step: Step;
    readonly state: "running" | "done" | "failed";
    /** When the step that runs, or ran last, began, in milliseconds. */
    readonly startedAt: number;
    /** Of all finished steps of the resource together. */
    readonly seconds: number;
    /** The last passing status line. */
    readonly message: string;
}

/** Rows by URN, in the order in which their resources first appeared. */
export type Progress = ReadonlyMap<string, Row>;

export const noProgress: Progress = new Map();

export function advance(progress: Progress, event: EngineEvent, now: number): Progress {
    if (event.kind === "diagnostic") {
        const row = progress.get(event.urn);
        if (!event.ephemeral || !row) return progress;
        return new Map(progress).set(event.urn, { ...row, message: lastLine(event.message) });
    }
    const { step } = event;
    const before = progress.get(step.urn);
    const started = event.kind === "step-started";
    const row: Row = {
        step: mergeSteps(before?.step, step),
        state: started ? "running" : event.kind === "step-failed" ? "failed" : "done",
        startedAt: started ? now : (before?.startedAt ?? now),
        seconds: (before?.seconds ?? 0) + (started ? 0 : event.seconds),
        message: started ? (before?.message ?? "") : "",
    };
    return new Map(progress).set(step.urn, row);
}

const replacing: readonly StepOp[] = ["replace", "create-replacement", "delete-replaced"];

/** The steps of a replacement are one thing to whoever looks on; the changes that the first one showed stay. */
function mergeSteps(before: Step | undefined, step: Step): Step {
    if (before === undefined) return step;
    const op = replacing.includes(before.op) && replacing.includes(step.op) ? "replace" : step.op;
    return { ...step, op, diffs: step.diffs.length > 0 ? step.diffs : before.diffs };
}

function lastLine(text: string): string {
    return (
        cleanText(text)
            .split("\n")
            .findLast((line) => line.trim() !== "")
            ?.trim() ?? ""
    );
}

/** The rows as a tree: each below its parent, with its depth. */
export function asTree(progress: Progress): { row: Row; depth: number }[] {
    const children = new Map<string, Row[]>();
    for (const row of progress.values()) {
        const parent = progress.has(row.step.parent) ? row.step.parent : "";
        children.set(parent, [...(children.get(parent) ?? []), row]);
    }
    const tree: { row: Row; depth: number }[] = [];
    const visit = (urn: string, depth: number): void => {
        for (const row of children.get(urn) ?? []) {
            tree.push({ row, depth });
            visit(row.step.urn, depth + 1);
        }
    };
    visit("", 0);
    return tree;
}

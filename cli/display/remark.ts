// What is said beside a resource that changes: why a stage runs again, of others which properties change.
import type { PropertyDiff, Step } from "../../embedded/engine/events.ts";
import { taskShape } from "../../pipeline/stage/digest.ts";
import { type StageBefore, stageType } from "../engine/stages.ts";
import { formatDiffNames } from "./format.ts";

export type Stages = ReadonlyMap<string, StageBefore>;

/** `stages` are undefined when the operation runs none. */
export function remarkOf(step: Step, stages: Stages | undefined): string {
    if (stages && step.type === stageType && step.op === "update")
        return remarkOfStage(step.diffs, stages.get(step.urn));
    return step.diffs.length === 0 ? "" : `[${formatDiffNames(step.diffs)}]`;
}

function remarkOfStage(diffs: readonly PropertyDiff[], before: StageBefore | undefined): string {
    const waitsFor = diffs.flatMap(({ path, after }) => (after === "" ? (inputOf(path) ?? []) : []));
    if (waitsFor.length > 0) return `(waits for ${listed(waitsFor)})`;
    const reasons = reasonsToRun(diffs, before);
    if (reasons.length > 0) return `(${before?.waited ? "runs" : "runs again"}: ${reasons.join("; ")})`;
    const names = [...new Set(diffs.map(({ path }) => /^\w+/.exec(path)?.[0] ?? path))];
    return `(does not run; noted: ${names.map((name) => (name === "__provider" ? "program" : name)).join(", ")})`;
}

/** The counterpart of `needsRun` in pipeline/stage/lifecycle.ts; empty when a change is only noted. */
function reasonsToRun(diffs: readonly PropertyDiff[], before: StageBefore | undefined): string[] {
    const damaged = before?.damaged ?? [];
    const upstream = diffs.flatMap(({ path }) => inputOf(path) ?? []);
    const settings = diffs.flatMap((diff) => describeSetting(diff) ?? []);
    const changes = (name: string) => diffs.some(({ path }) => path.split(/[.[]/, 1)[0] === name);
    return [
        ...(damaged.length > 0 ? [describeDamage(damaged)] : []),
        ...settings.slice(0, 3),
        ...(settings.length > 3 ? [`${settings.length - 3} more settings`] : []),
        ...(upstream.length > 0 ? [`new files from ${listed(upstream)}`] : []),
        ...(changesTask(diffs, before) ? ["another task or other flags of it"] : []),
        ...(changes("produces") ? ["it is to make other files"] : []),
        ...(["directory", "root", "target"].some(changes) ? ["another place for its files"] : []),
    ];
}

/** `inputs.FetchTrain` → `FetchTrain`. */
function inputOf(path: string): string | undefined {
    return /^inputs\.(\w+)$/.exec(path)?.[1];
}

/** `settings["luigi_Train.seed"]` → `[luigi_Train] seed 1 -> 2`. */
function describeSetting({ path, kind, before, after }: PropertyDiff): string | undefined {
    const name = /^settings(?:\["(.+)"\]|\.(.+))$/.exec(path)?.slice(1).find(Boolean);
    if (name === undefined) return undefined;
    const dot = name.lastIndexOf(".");
    const shown = dot < 0 ? name : `[${name.slice(0, dot)}] ${name.slice(dot + 1)}`;
    if (kind === "delete") return `${shown} is gone`;
    if (kind === "add") return `${shown} is new`;
    // Of a file that a setting names, the digest is compared.
    if (String(before).startsWith("sha256:") && String(after).startsWith("sha256:"))
        return `the file of ${shown} changed`;
    return `${shown} ${quoted(before)} -> ${quoted(after)}`;
}

function quoted(value: unknown): string {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text === "" ? "(empty)" : text;
}

function describeDamage(damaged: readonly string[]): string {
    const [first = "", ...others] = damaged;
    if (first === "record" || first === "manifest") return `its ${first} is missing or another one`;
    return `${first}${others.length > 0 ? ` and ${others.length} more` : ""} missing or changed`;
}

/** Whether the command means another task, and not just another number of workers. */
function changesTask(diffs: readonly PropertyDiff[], before: StageBefore | undefined): boolean {
    const changed = diffs.flatMap((diff) => {
        const index = /^command\[(\d+)\]$/.exec(diff.path)?.[1];
        return index === undefined ? [] : [{ ...diff, index: Number(index) }];
    });
    if (changed.length === 0) return diffs.some(({ path }) => path === "command");
    if (before === undefined) return true;
    const words: (string | undefined)[] = [...before.command];
    for (const { index, kind, after } of changed) words[index] = kind === "delete" ? undefined : String(after);
    const after = words.filter((word) => word !== undefined);
    return taskShape(before.command).join("\0") !== taskShape(after).join("\0");
}

function listed(names: readonly string[]): string {
    const last = names.at(-1) ?? "";
    return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

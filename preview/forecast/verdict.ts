// Whether a stage will run, and why: what its records say against what is wanted now.
import { isDeepStrictEqual } from "node:util";
import { settingsDigest } from "../../pipeline/stage/digest.ts";
import { manifestDigest } from "../../pipeline/stage/manifest.ts";
import type { StageRecord } from "../../pipeline/stage/records.ts";
import type { StageInputs } from "../../pipeline/stage/state.ts";
import { trainStage } from "../../pipeline/training/state.ts";
import { describeChanges } from "./changes.ts";
import type { Past } from "./past.ts";

export interface Verdict {
    /** `waits`: for a training that this `up` starts and does not wait for. */
    readonly kind: "runs" | "up to date" | "waits";
    /** Why it runs, what it waits for, or what is to be said of its being up to date; may be empty. */
    readonly reason: string;
    /** What those after it will find of it. */
    readonly gives: Artefacts;
    /** Of what is there, when it is up to date. */
    readonly record?: StageRecord;
}

/** The artefacts of a stage as the next one finds them: there, made anew, or only made after this `up`. */
export type Artefacts =
    | { readonly kind: "there"; readonly digest: string }
    | { readonly kind: "new" }
    | { readonly kind: "later" };

type Wanted = Pick<StageInputs, "stage" | "command" | "settings" | "produces">;

/** By the runner's own rules, with what each stage it needs will give. */
export function judge(wanted: Wanted, past: Past, needs: ReadonlyMap<string, Artefacts>): Verdict {
    if (namesOf(needs, "later").length > 0) {
        return { kind: "waits", reason: `for ${trainStage}`, gives: { kind: "later" } };
    }
    const fresh = namesOf(needs, "new");
    const inputs = Object.fromEntries([...needs].map(([name, found]) => [name, digestOf(found)]));
    const fits = ({ manifest }: StageRecord) =>
        fresh.length === 0 &&
        manifest.settingsDigest === settingsDigest(wanted) &&
        isDeepStrictEqual(manifest.inputs ?? {}, inputs);
    const { record, previous, moved, damaged } = past;
    if (record && !moved && fits(record)) {
        return damaged.length > 0 ? runs(describeDamage(damaged)) : upToDate(record, describeTouched(past.touched));
    }
    if (previous && fits(previous)) {
        return upToDate(previous, "earlier results, which are put back");
    }
    return runs([...describeStart(past), ...describeDifferences(wanted, past, inputs, fresh)].join("; "));
}

function namesOf(needs: ReadonlyMap<string, Artefacts>, kind: Artefacts["kind"]): string[] {
    return [...needs].filter(([, found]) => found.kind === kind).map(([name]) => name);
}

function digestOf(found: Artefacts): string {
    return found.kind === "there" ? found.digest : "";
}

function runs(reason: string): Verdict {
    return { kind: "runs", reason, gives: { kind: "new" } };
}

export function upToDate(record: StageRecord, reason: string): Verdict {
    const digest = manifestDigest(record.manifest);
    return { kind: "up to date", reason, gives: { kind: "there", digest }, record };
}

/** The state does not know of it: without a refresh, an `up` would find nothing to do. */
function describeDamage(names: readonly string[]): string {
    return `${someOf(names)} missing or changed, which a refresh finds`;
}

function describeTouched(names: readonly string[]): string {
    return names.length > 0 ? `by size; ${someOf(names)} touched since` : "";
}

function someOf([first = "", ...others]: readonly string[]): string {
    return others.length > 0 ? `${first} and ${others.length} more` : first;
}

function describeStart({ record, previous, unfinished }: Past): string[] {
    if (unfinished) {
        return ["its last run did not finish"];
    }
    return record || previous ? [] : ["never run here"];
}

function describeDifferences(
    wanted: Wanted,
    { record, previous, moved }: Past,
    inputs: Readonly<Record<string, string>>,
    fresh: readonly string[],
): string[] {
    const last = record ?? previous;
    if (last === undefined) {
        return [];
    }
    const before = last.manifest.inputs ?? {};
    const other = Object.keys(inputs).filter((name) => fresh.includes(name) || before[name] !== inputs[name]);
    const gone = Object.keys(before).filter((name) => inputs[name] === undefined);
    return [
        ...(last.manifest.settingsDigest === settingsDigest(wanted) ? [] : describeSettings(last, wanted)),
        ...(other.length > 0 ? [`new files from ${other.join(", ")}`] : []),
        ...(gone.length > 0 ? [`no files from ${gone.join(", ")} any more`] : []),
        ...(moved ? ["another place for its files"] : []),
    ];
}

/** Records of older versions say nothing of the settings but their digest. */
function describeSettings({ settings }: StageRecord, wanted: Wanted): string[] {
    if (settings === undefined) {
        return ["its settings changed"];
    }
    const changes = describeChanges(settings, wanted.settings);
    return changes.length > 0 ? changes : ["another task, other flags or other files to make"];
}

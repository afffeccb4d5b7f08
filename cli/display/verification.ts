// What a verification has found, as text for people and as JSON for programs.
import prettyBytes from "pretty-bytes";
import { nameOf } from "../../config/origin.ts";
import { trainStage } from "../../pipeline/training/state.ts";
import { type Copy, type CopyState, type Finding, isWrong } from "../../pipeline/verification/copy.ts";
import type { Verification } from "../../pipeline/verification/verify.ts";
import { type Colors, cleanText } from "./format.ts";
import { renderPlainTable } from "./plainTable.ts";

export interface Verified extends Verification {
    readonly stack: string;
    /** The experiment directory; places in it are named by their path below it. */
    readonly directory: string;
    /** Every byte was read. */
    readonly deep: boolean;
}

/** Findings of one copy, and names of unlisted objects, that are shown; the JSON has all. */
const shown = { findings: 10, names: 3 };

const looks: Readonly<Record<CopyState, { readonly color: keyof Colors; readonly words: string }>> = {
    right: { color: "green", words: "right" },
    damaged: { color: "red", words: "damaged" },
    outdated: { color: "red", words: "outdated" },
    unknown: { color: "yellow", words: "cannot be looked at" },
    partial: { color: "dim", words: "in part" },
    stale: { color: "dim", words: "of another run" },
    started: { color: "cyan", words: "being made, or interrupted" },
    "not made": { color: "dim", words: "not made yet" },
    "not sent": { color: "cyan", words: "made, not on S3 yet" },
};

export function renderVerification(verified: Verified, colors: Colors): string {
    const { copies, unlisted, directory } = verified;
    const place = ({ kind, where }: Copy) => cleanText(kind === "s3" ? where : nameOf(where, directory) || ".");
    const rows = copies.map((copy) => [
        copy.stage,
        place(copy),
        copy.files === 0 ? "" : String(copy.files),
        copy.files === 0 ? "" : prettyBytes(copy.bytes),
        describeState(copy, colors),
    ]);
    const table = renderPlainTable(["Stage", "Where", "Files", "Bytes", "State"].map(colors.bold), rows);
    const details = [...detailsOf(copies, place)].map(([details, stages]) => `${stages.join(", ")} in ${details}`);
    const notes = unlisted.map(({ uri, bytes, names }) => {
        const objects = names.length === 1 ? "1 object" : `${names.length} objects`;
        return `note: ${uri} has ${objects} (${prettyBytes(bytes)}) that no manifest lists: ${someOf(names)}`;
    });
    const below = [...details, ...notes].map((line) => `${cleanText(line)}\n`).join("");
    return `${table}\n${below === "" ? "" : `${below}\n`}${verdict(verified, colors)}\n`;
}

/** Place and what is to be said → the stages of which it is: a server that is away is said once. */
function detailsOf(copies: readonly Copy[], place: (copy: Copy) => string): Map<string, string[]> {
    const stages = new Map<string, string[]>();
    for (const copy of copies) {
        const lines = [...describeFindings(copy), ...copy.notes.map((note) => `note: it ${note}`)];
        if (lines.length > 0) {
            const details = [`${place(copy)}:`, ...lines].join("\n    ");
            stages.set(details, [...(stages.get(details) ?? []), copy.stage]);
        }
    }
    return stages;
}

function describeState({ kind, state, findings }: Copy, colors: Colors): string {
    const { color, words } = looks[state];
    const count = (what: Finding["kind"]) => findings.filter((finding) => finding.kind === what).length;
    const parts = [
        ...(count("manifest") > 0 ? [kind === "s3" ? "manifest" : "record"] : []),
        ...(["missing", "changed"] as const).flatMap((what) => (count(what) > 0 ? [`${count(what)} ${what}`] : [])),
    ];
    return colors[color](parts.length > 0 ? `${words}: ${parts.join(", ")}` : words);
}

function describeFindings({ findings }: Copy): string[] {
    const more = findings.length - shown.findings;
    const lines = findings.slice(0, shown.findings).map(({ message }) => message);
    return more > 0 ? [...lines, `and ${more} more, which --json tells`] : lines;
}

function someOf(names: readonly string[]): string {
    const more = names.length - shown.names;
    return `${names.slice(0, shown.names).join(", ")}${more > 0 ? `, … (${more} more)` : ""}`;
}

function verdict({ copies, deep }: Verified, { green, red, bold }: Colors): string {
    const wrong = copies.filter(isWrong);
    if (wrong.length > 0) {
        const stages = [...new Set(wrong.map(({ stage }) => stage))];
        return [bold(red(`Not right: ${stages.join(", ")}`)), ...advise(wrong)].join("\n");
    }
    const right = copies.filter(({ state }) => state === "right");
    const bytes = right.reduce((sum, copy) => sum + copy.bytes, 0);
    const files = right.reduce((sum, copy) => sum + copy.files, 0);
    const how = deep ? "every byte was read" : "by sizes, times and recorded SHA-256; --deep reads every byte";
    if (files === 0) {
        return bold("There is nothing to verify yet");
    }
    const count = files === 1 ? "1 file" : `${files} files`;
    return `${bold(green(`All right: ${count}, ${prettyBytes(bytes)}`))} (${how})`;
}

/** What brings right data back; a mirror needs nothing, as it is looked at before it is used. */
function advise(wrong: readonly Copy[]): string[] {
    const counting = wrong.filter(({ kind }) => kind !== "mirror");
    const damaged = counting.filter(({ state }) => state === "damaged");
    const unseen = damaged.some(({ findings }) => findings.some(({ deep }) => deep));
    const first = unseen ? "delete what has other contents, which a refresh does not see; then " : "";
    const training = damaged.some(({ stage }) => stage === trainStage) ? ", which may mean to train again" : "";
    return [
        ...(damaged.length > 0 ? [`${first}aframe refresh and aframe up bring back what is damaged${training}`] : []),
        ...(wrong.some(({ state }) => state === "outdated")
            ? ["aframe preview tells what the next up would make again"]
            : []),
        ...(wrong.length > counting.length ? ["a stage that needs a damaged mirror fetches those files again"] : []),
    ];
}

/** The form that `aframe verify --help` tells. */
export function verificationAsJson({ stack, deep, copies, unlisted }: Verified): string {
    return `${JSON.stringify({ stack, deep, right: !copies.some(isWrong), copies, unlisted }, undefined, 2)}\n`;
}

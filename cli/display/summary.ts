// What is said at the end of an operation: outputs, counts and duration.
import stringWidth from "string-width";
import type { OperationResult, StepOp } from "../../embedded/engine/events.ts";
import { type Colors, cleanText, formatSeconds, opWords } from "./format.ts";

const reported: readonly StepOp[] = [
    "create",
    "update",
    "replace",
    "create-replacement",
    "delete-replaced",
    "delete",
    "read",
    "refresh",
    "same",
];

const endings: Readonly<Record<OperationResult["outcome"], readonly string[]>> = {
    succeeded: [],
    failed: ["Failed. What is done is kept; once the cause is mended, the same command goes on from there."],
    cancelled: ["Stopped before the end. What is done is kept; the same command goes on from there."],
};

export function renderSummary(result: OperationResult, planning: boolean, colors: Colors): string {
    const counts = reported.flatMap((op) => {
        const count = result.changes[op] ?? 0;
        if (count === 0) return [];
        const { glyph, color, plan, done } = opWords[op];
        return [`    ${colors[color](`${glyph} ${count} ${planning && op !== "same" ? `to ${plan}` : done}`)}`];
    });
    const outputs = Object.entries(result.outputs).flatMap(([name, value]) => renderOutput(name, value));
    const showOutputs = result.outcome === "succeeded" && !planning && outputs.length > 0;
    return [
        ...(showOutputs ? [colors.bold("Outputs:"), ...outputs.map((line) => `    ${line}`)] : []),
        colors.bold("Resources:"),
        ...(counts.length > 0 ? counts : ["    none"]),
        `${colors.bold("Duration:")} ${formatSeconds(result.seconds)}`,
        ...endings[result.outcome].map((line) => colors.red(line)),
        "",
    ].join("\n");
}

/** Columns of the longest line that is still taken in at a glance: a stage's state with its digest. */
const longestLine = 140;

/** `name: value`; what is longer than a line has its parts on lines of their own. */
export function renderOutput(name: string, value: unknown): string[] {
    if (typeof value === "string") return [`${name}: ${cleanText(value)}`];
    // JSON has no text for undefined.
    const short = `${name}: ${(JSON.stringify(value) as string | undefined) ?? ""}`;
    if (typeof value !== "object" || value === null || stringWidth(short) <= longestLine) return [short];
    const parts = Object.entries(value).flatMap(([key, part]) => renderOutput(Array.isArray(value) ? "-" : key, part));
    return [`${name}:`, ...parts.map((line) => `    ${line}`)];
}

// What is said at the end of an operation: outputs, counts and duration.
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
        "",
    ].join("\n");
}

/** `name: value`; objects and lists as indented lines. */
export function renderOutput(name: string, value: unknown): string[] {
    // JSON has no text for undefined.
    const text =
        typeof value === "string" ? value : ((JSON.stringify(value, undefined, 4) as string | undefined) ?? "");
    const [first = "", ...rest] = cleanText(text).split("\n");
    return [`${name}: ${first}`, ...rest];
}

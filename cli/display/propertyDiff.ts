// The changed properties of a resource, a line each; long texts by their own changed lines.
import type { PropertyDiff } from "../../embedded/engine/events.ts";
import { diffLines } from "../lineDiff.ts";
import { type Colors, cleanText, formatValue } from "./format.ts";

export function renderDiffs(diffs: readonly PropertyDiff[], colors: Colors): string[] {
    return diffs.flatMap((diff) => {
        const { path, kind, before, after } = diff;
        const name = diff.replaces ? `${path} ${colors.magenta("[replaces]")}` : path;
        if (kind === "add") return [colors.green(`+ ${name}: ${formatValue(after)}`)];
        if (kind === "delete") return [colors.red(`- ${name}: ${formatValue(before)}`)];
        if (isLongText(before) && isLongText(after)) {
            return [`${colors.yellow("~")} ${name}:`, ...renderChangedLines(before, after, colors)];
        }
        return [`${colors.yellow("~")} ${name}: ${formatValue(before)} => ${formatValue(after)}`];
    });
}

function isLongText(value: unknown): value is string {
    return typeof value === "string" && value.includes("\n");
}

function renderChangedLines(before: string, after: string, colors: Colors): string[] {
    let section = "";
    return diffLines(before, after).flatMap(({ kind, text }) => {
        // Many sections of a cfg have the same keys.
        if (/^\[.+\]$/.test(text)) section = text;
        if (kind === "same") return [];
        const heading = section === "" || section === text ? [] : [`    ${cleanText(section)}`];
        section = "";
        return [
            ...heading,
            `    ${kind === "add" ? colors.green(`+ ${cleanText(text)}`) : colors.red(`- ${cleanText(text)}`)}`,
        ];
    });
}

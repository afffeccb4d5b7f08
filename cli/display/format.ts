// Words, glyphs and measures that every display shares. Everything here gives plain text; colour comes last.
import { stripVTControlCharacters } from "node:util";
import type { Formatter } from "picocolors/types.js";
import stringWidth from "string-width";
import type { PropertyDiff, StepOp } from "../../embedded/engine/events.ts";

export interface Colors {
    readonly green: Formatter;
    readonly yellow: Formatter;
    readonly red: Formatter;
    readonly magenta: Formatter;
    readonly cyan: Formatter;
    readonly dim: Formatter;
    readonly bold: Formatter;
}

interface OpWords {
    readonly glyph: string;
    readonly color: keyof Colors;
    /** As in a preview: what would be done. */
    readonly plan: string;
    readonly running: string;
    readonly done: string;
}

export const opWords: Readonly<Record<StepOp, OpWords>> = {
    same: { glyph: " ", color: "dim", plan: "unchanged", running: "checking", done: "unchanged" },
    create: { glyph: "+", color: "green", plan: "create", running: "creating", done: "created" },
    update: { glyph: "~", color: "yellow", plan: "update", running: "updating", done: "updated" },
    delete: { glyph: "-", color: "red", plan: "delete", running: "deleting", done: "deleted" },
    replace: { glyph: "±", color: "magenta", plan: "replace", running: "replacing", done: "replaced" },
    "create-replacement": {
        glyph: "+",
        color: "magenta",
        plan: "create replacement",
        running: "creating replacement",
        done: "created replacement",
    },
    "delete-replaced": {
        glyph: "-",
        color: "magenta",
        plan: "delete original",
        running: "deleting original",
        done: "deleted original",
    },
    read: { glyph: ">", color: "cyan", plan: "read", running: "reading", done: "read" },
    refresh: { glyph: "~", color: "cyan", plan: "refresh", running: "refreshing", done: "refreshed" },
};

/** `pulumi-nodejs:dynamic/aframe:Stage` and `aframe:index:Stage` → `aframe:Stage`. */
export function shortType(type: string): string {
    const [scheme = "", module = "", name = ""] = type.split(":");
    if (scheme === "pulumi-nodejs" && module.startsWith("dynamic/"))
        return `${module.slice("dynamic/".length)}:${name}`;
    const [group = ""] = module.split("/");
    return group === "index" || group === "" ? `${scheme}:${name}` : `${scheme}:${group}:${name}`;
}

/** `3.2 s`, `1 min 05 s`, `2 h 05 min`. */
export function formatSeconds(seconds: number): string {
    if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds);
    const two = (value: number) => String(value).padStart(2, "0");
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
    return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** Text of a program as it may be shown: no escape sequences, no control characters but line breaks. */
export function cleanText(text: string): string {
    return (
        stripVTControlCharacters(text)
            // Of a line that was written over, as progress bars do, the last state is what counts.
            .replace(/[^\n]*\r(?=[^\r\n])/g, "")
            .replaceAll("\t", "    ")
            .replace(/[^\P{Cc}\n]/gu, "")
    );
}

/** Cut to a number of terminal columns, with `…` for what is missing. */
export function truncate(text: string, width: number): string {
    if (stringWidth(text) <= width) return text;
    let shown = "";
    let used = 0;
    for (const { segment } of new Intl.Segmenter().segment(text)) {
        const next = used + stringWidth(segment);
        if (next > width - 1) break;
        shown += segment;
        used = next;
    }
    return width > 0 ? `${shown}…` : "";
}

export function padEnd(text: string, width: number): string {
    return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

/** Terminal columns that the widest of the texts takes. */
export function widest(texts: readonly string[]): number {
    return Math.max(0, ...texts.map((text) => stringWidth(text)));
}

/** A value on one line, cut when long; strings quoted. */
export function formatValue(value: unknown, width = 160): string {
    // JSON has no text for undefined.
    const text = (JSON.stringify(value) as string | undefined) ?? "undefined";
    return truncate(cleanText(text), width);
}

/** The changed properties by name alone, each once: `settings.luigi_Train.seed, workers`. */
export function formatDiffNames(diffs: readonly PropertyDiff[]): string {
    const names = diffs.map(({ path, replaces }) => (replaces ? `${path} (replaces)` : path));
    return [...new Set(names)].join(", ");
}

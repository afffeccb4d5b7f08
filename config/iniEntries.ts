// Entries of a cfg file in a shape that the `ini` package decodes without loss.
import { parse } from "ini";

/** A value as it stands in its file: comments gone, continuation lines joined, nothing expanded. */
export interface IniValue {
    readonly text: string;
    readonly line: number;
}

/** One `key = value` with its continuation lines. */
export interface IniEntry {
    readonly section: string;
    readonly key: string;
    readonly line: number;
    readonly parts: string[];
}

/** The values of all sections: names and texts go through `ini`, dots escaped and values as JSON strings. */
export function decodeEntries(
    sections: readonly string[],
    entries: readonly IniEntry[],
): ReadonlyMap<string, ReadonlyMap<string, IniValue>> {
    const result = new Map<string, Map<string, IniValue>>(sections.map((section) => [section, new Map()]));
    const lines: string[] = [];
    let current: string | undefined;
    for (const { section, key, parts } of entries) {
        if (section !== current) {
            current = section;
            lines.push(`[${section.replaceAll(".", "\\.")}]`);
        }
        lines.push(`${key}=${quoteForIni(parts.length === 1 ? (parts[0] ?? "") : parts.join("\n").trimEnd())}`);
    }
    const decoded = parse(lines.join("\n")) as Record<string, Record<string, string | boolean | null>>;
    for (const { section, key, line } of entries) {
        // `ini` makes true, false and null of the texts of that name, even in quotes.
        result.get(section)?.set(key, { text: String(decoded[section]?.[key]), line });
    }
    return result;
}

/** A JSON string without the two line separators that JSON allows and that end a line for `ini`; plain words as they are. */
function quoteForIni(text: string): string {
    if (/^[\w./]+$/.test(text)) {
        return text;
    }
    return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

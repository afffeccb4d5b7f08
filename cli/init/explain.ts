// The comments of a new cfg: what the table of known sections and keys says of them.
import { findKey, findSection, type KnownKey } from "../../config/defaults.ts";

const header = /^\[(.+)\]$/;
/** A value, or one in a comment that waits to be filled in. */
const entry = /^(# )?([\w.-]+)\s*[=:]/;

/**
 * The template with a comment above each section and each key. What has been said of a key is not said again: most keys
 * refer to [luigi_base] and mean the same in every section. Other comments of the template stay as they are.
 */
export function explain(template: string): string {
    const said = new Set<string>();
    let section = "";
    const lines = template.split("\n").flatMap((line) => {
        const opened = header.exec(line)?.[1];
        if (opened !== undefined) {
            section = opened;
            return [`# ${findSection(section)?.meaning ?? ""}`, line];
        }
        const known = findKey(section, entry.exec(line)?.[2] ?? "");
        const comment = known === undefined ? "" : describeKey(known);
        if (comment === "" || said.has(comment)) {
            return [line];
        }
        said.add(comment);
        return [`# ${comment}`, line];
    });
    return lines.join("\n");
}

function describeKey({
    meaning,
    unit,
    choices,
    default: fallback,
    taskDefault,
    environment,
    noEffect,
}: KnownKey): string {
    const details = [
        unit,
        choices?.join(" or "),
        environment !== undefined && `${environment} of the stack when absent`,
        fallback === undefined && taskDefault !== undefined && `${taskDefault} when absent`,
        noEffect !== undefined && `without effect: ${noEffect}`,
    ].filter(Boolean);
    return details.length === 0 ? meaning : `${meaning} [${details.join("; ")}]`;
}

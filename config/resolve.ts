// A value as law reads it: `%%` unescaped, `~` and `$NAME` expanded, references followed to the value they stand for.
import type { Problem } from "./errors.ts";
import { ConfigError } from "./errors.ts";
import { type Environment, expand } from "./expand.ts";
import { placeOf } from "./origin.ts";
import type { Origin } from "./settings.ts";
import { didYouMean } from "./similar.ts";

/** A value as written: raw text and where it stands. */
export interface CfgEntry {
    readonly text: string;
    readonly origin: Origin;
}

/** Section, key, entry; in order of first appearance. */
export type CfgSections = Map<string, Map<string, CfgEntry>>;

export interface Resolution {
    readonly value: string;
    /** Where the final text was written. */
    readonly origin: Origin;
    /** The section and key it was written under. */
    readonly section: string;
    readonly key: string;
    /** The references followed, nearest first, as `section::key`. */
    readonly via: readonly string[];
    /** Variables of the final text that the environment does not have. */
    readonly unset: readonly string[];
}

const reference = /^&(?:::([^:]+))?::([^\n]+)$/;

/** What a value refers to; undefined for a value that stands for itself. `section` is the one it stands in. */
export function parseReference(text: string, section: string): { section: string; key: string } | undefined {
    const match = text.startsWith("&") ? reference.exec(text) : null;
    return match === null ? undefined : { section: match[1] ?? section, key: match[2] ?? "" };
}

/** Resolves `[section] key`, which must be there; throws a ConfigError when law could not read it. */
export function resolve(sections: CfgSections, section: string, key: string, environment: Environment): Resolution {
    const chain = [`${section}::${key}`];
    let at = { section, key };
    for (;;) {
        const entry = sections.get(at.section)?.get(at.key);
        if (entry === undefined) {
            throw dangling(sections, chain);
        }
        const { text, unset } = expand(withoutPercent(entry, at), environment);
        const target = parseReference(text, at.section);
        if (target === undefined) {
            const found = { ...at, value: text, origin: entry.origin, via: chain.slice(1), unset };
            refuseForLuigi(section, found);
            return found;
        }
        at = target;
        const next = `${at.section}::${at.key}`;
        if (chain.includes(next)) {
            throw new ConfigError([
                {
                    ...placeOf(entry.origin),
                    section,
                    key,
                    message: `circular reference ${[...chain, next].join(" -> ")}`,
                    suggestion: "give one of them a value of its own",
                },
            ]);
        }
        chain.push(next);
    }
}

function dangling(sections: CfgSections, chain: readonly string[]): ConfigError {
    const target = chain.at(-1) ?? "";
    const [section = "", key = ""] = split(chain.at(-2) ?? "");
    const [wantedSection = "", wantedKey = ""] = split(target);
    const entries = sections.get(wantedSection);
    const suggestion = entries
        ? didYouMean(wantedKey, [...entries.keys()])
        : didYouMean(wantedSection, [...sections.keys()]);
    const origin = sections.get(section)?.get(key)?.origin;
    const shown = chain.length > 2 ? ` (${chain.join(" -> ")})` : "";
    return new ConfigError([
        {
            ...(origin === undefined ? {} : placeOf(origin)),
            section,
            key,
            message: `refers to ${target}, which does not exist${shown}`,
            ...(suggestion === undefined ? {} : { suggestion }),
        },
    ]);
}

function split(name: string): string[] {
    const at = name.indexOf("::");
    return [name.slice(0, at), name.slice(at + 2)];
}

/** law reads `%%` as `%` and stops at any other `%`. */
function withoutPercent(entry: CfgEntry, at: Pick<Problem, "section" | "key">): string {
    if (!entry.text.includes("%")) {
        return entry.text;
    }
    const other = /%(\((.*?)\)s)?/.exec(entry.text.replaceAll("%%", ""));
    if (other !== null) {
        const name = other[2];
        throw new ConfigError([
            {
                ...placeOf(entry.origin),
                ...at,
                ...(name === undefined
                    ? { message: "holds a single %", suggestion: "write %%" }
                    : { message: `%(${name})s is not supported`, suggestion: `write &::${name} as the whole value` }),
            },
        ]);
    }
    return entry.text.replaceAll("%%", "%");
}

/** law copies `luigi_…` sections to luigi, which cannot hold a `%` and has its own idea of `${NAME}`. */
function refuseForLuigi(section: string, found: Resolution): void {
    const wrong = section.startsWith("luigi_") ? /%|\$\{[^}]+\}/.exec(found.value)?.[0] : undefined;
    if (wrong === undefined) {
        return;
    }
    const place = { ...placeOf(found.origin), section: found.section, key: found.key };
    const name = wrong.slice(2, -1);
    const suggestion = `set ${name} in the stack's environment map`;
    throw new ConfigError([
        found.unset.includes(name)
            ? { ...place, message: `uses ${wrong}, which is not set`, suggestion }
            : { ...place, message: `holds ${wrong === "%" ? "a %" : wrong}, which luigi cannot read in this section` },
    ]);
}

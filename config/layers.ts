// The values of an experiment in law's order of strength: stack config, the cfg and what it inherits, defaults.
import { findKey, findSection, isOpenSection, keyNames, knownSections, sectionNames } from "./defaults.ts";
import type { Problem } from "./errors.ts";
import type { Environment } from "./expand.ts";
import type { KnownKey } from "./keys/known.ts";
import { placeOf } from "./origin.ts";
import type { CfgEntry, CfgSections } from "./resolve.ts";
import type { StackSettings } from "./settings.ts";
import { didYouMean } from "./similar.ts";
import { mayBeEmpty } from "./values.ts";

/** Puts the stack's `settings` over the values of the files. */
export function applyOverrides(sections: CfgSections, stack: StackSettings): void {
    for (const [section, values] of Object.entries(stack.settings)) {
        for (const [key, text] of Object.entries(values)) {
            const name = `aframe:settings.${section}.${key}`;
            setEntry(sections, section, key, { text, origin: { kind: "stack", key: name } });
        }
    }
}

/** What is wrong with the names that were given: keys that something else decides. */
export function findRefused(sections: CfgSections): Problem[] {
    return eachEntry(sections).flatMap(({ section, key, entry }) => {
        const variable = findKey(section, key)?.decidedBy;
        const message = `is decided by ${variable ?? ""}, not by the cfg`;
        return variable === undefined
            ? []
            : [{ ...placeOf(entry.origin), section, key, message, suggestion: `remove it and set ${variable}` }];
    });
}

/** Names that nothing reads, with the name that was probably meant. */
export function findUnknown(sections: CfgSections): Problem[] {
    const unknown: Problem[] = [];
    for (const [section, entries] of sections) {
        const first = entries.values().next().value;
        if (findSection(section) === undefined && !isOpenSection(section)) {
            const place = first === undefined ? {} : placeOf(first.origin);
            unknown.push({ ...place, section, ...unknownName("section", didYouMean(section, sectionNames)) });
            continue;
        }
        for (const [key, entry] of isOpenSection(section) ? [] : entries) {
            if (findKey(section, key) === undefined) {
                const meant = didYouMean(key, keyNames(section));
                unknown.push({ ...placeOf(entry.origin), section, key, ...unknownName("key", meant) });
            }
        }
    }
    return unknown;
}

/** Adds the known keys that the files leave out, and replaces empty values that stand for the default. */
export function fillDefaults(sections: CfgSections, environment: Environment): void {
    for (const { name, keys, optional } of knownSections) {
        if (optional && !sections.has(name)) {
            continue;
        }
        for (const key of keys) {
            const given = givenNames(sections, name, key);
            const entry = defaultEntry(key, environment);
            const skipped = key.unless !== undefined && isGivenHereOrInBase(sections, name, key.unless);
            if (entry === undefined) {
                continue;
            }
            if (given.length === 0 && !skipped) {
                setEntry(sections, name, key.key, entry);
            }
            for (const alias of given) {
                const isEmpty = sections.get(name)?.get(alias)?.text === "";
                if (isEmpty && (!mayBeEmpty(key.type) || entry.origin.kind === "environment")) {
                    setEntry(sections, name, alias, entry);
                }
            }
        }
    }
}

/** The names under which a known key stands in a section. */
export function givenNames(sections: CfgSections, section: string, key: KnownKey): string[] {
    return [key.key, ...(key.aliases ?? [])].filter((name) => sections.get(section)?.has(name));
}

function isGivenHereOrInBase(sections: CfgSections, section: string, key: string): boolean {
    return [section, "luigi_base"].some((name) => sections.get(name)?.has(key));
}

function defaultEntry(key: KnownKey, environment: Environment): CfgEntry | undefined {
    const name = key.environment;
    const value = name === undefined || key.secret ? undefined : environment[name];
    if (name !== undefined && value !== undefined) {
        return { text: value, origin: { kind: "environment", name } };
    }
    return key.default === undefined ? undefined : { text: key.default, origin: { kind: "default" } };
}

function unknownName(what: string, suggestion: string | undefined): Pick<Problem, "message" | "suggestion"> {
    return { message: `unknown ${what}`, ...(suggestion === undefined ? {} : { suggestion }) };
}

function setEntry(sections: CfgSections, section: string, key: string, entry: CfgEntry): void {
    const entries = sections.get(section);
    if (entries === undefined) {
        sections.set(section, new Map([[key, entry]]));
    } else {
        entries.set(key, entry);
    }
}

function eachEntry(sections: CfgSections): { section: string; key: string; entry: CfgEntry }[] {
    return [...sections].flatMap(([section, entries]) => [...entries].map(([key, entry]) => ({ section, key, entry })));
}

// The values of an experiment in law's order of strength: stack config, the cfg and what it inherits, defaults.
import { knownSections } from "./defaults.ts";
import type { Environment } from "./expand.ts";
import type { KnownKey } from "./keys/known.ts";
import type { CfgEntry, CfgSections } from "./resolve.ts";
import type { StackSettings } from "./settings.ts";
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

/** Adds the known keys that the files leave out, and replaces empty values that stand for the default. */
export function fillDefaults(sections: CfgSections, environment: Environment): void {
    for (const { name, keys, optional } of knownSections) {
        if (optional && !sections.has(name)) {
            continue;
        }
        for (const key of keys) {
            const entry = defaultEntry(key, environment);
            if (entry !== undefined) {
                fillDefault(sections, name, key, entry);
            }
        }
    }
}

function fillDefault(sections: CfgSections, section: string, key: KnownKey, entry: CfgEntry): void {
    const given = givenNames(sections, section, key);
    if (given.length === 0) {
        const filled = standIn(sections, section, key) ?? { name: key.key, entry };
        if (sections.get(section)?.has(filled.name) !== true) {
            setEntry(sections, section, filled.name, filled.entry);
        }
    }
    for (const alias of given) {
        const isEmpty = sections.get(section)?.get(alias)?.text === "";
        if (isEmpty && (!mayBeEmpty(key.type) || entry.origin.kind === "environment")) {
            setEntry(sections, section, alias, entry);
        }
    }
}

/** The key that takes the place of this one when it is given here or in `[luigi_base]`, with its default. */
function standIn(
    sections: CfgSections,
    section: string,
    { unless: name }: KnownKey,
): { name: string; entry: CfgEntry } | undefined {
    if (name === undefined || ![section, "luigi_base"].some((one) => sections.get(one)?.has(name))) {
        return undefined;
    }
    return { name, entry: { text: `&::luigi_base::${name}`, origin: { kind: "default" } } };
}

/** The names under which a known key stands in a section. */
function givenNames(sections: CfgSections, section: string, key: KnownKey): string[] {
    return [key.key, ...(key.aliases ?? [])].filter((name) => sections.get(section)?.has(name));
}

function defaultEntry(key: KnownKey, environment: Environment): CfgEntry | undefined {
    const name = key.environment;
    const value = name === undefined || key.secret ? undefined : environment[name];
    if (name !== undefined && value !== undefined) {
        return { text: value, origin: { kind: "environment", name } };
    }
    return key.default === undefined ? undefined : { text: key.default, origin: { kind: "default" } };
}

function setEntry(sections: CfgSections, section: string, key: string, entry: CfgEntry): void {
    const entries = sections.get(section);
    if (entries === undefined) {
        sections.set(section, new Map([[key, entry]]));
    } else {
        entries.set(key, entry);
    }
}

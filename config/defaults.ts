// The sections and keys that an experiment may have, with types, defaults and meaning. One table for reading values,
// for `aframe config show` and for the files that aframe-init writes.
import { dataSections } from "./keys/data.ts";
import { inferenceSections } from "./keys/inference.ts";
import type { KnownKey, KnownSection } from "./keys/known.ts";
import { openSections, serviceSections } from "./keys/services.ts";
import { trainingSections } from "./keys/training.ts";
import { tuningSections } from "./keys/tuning.ts";

export type { KnownKey, KnownSection, ValueType } from "./keys/known.ts";

/** In the order in which they read best. */
export const knownSections: readonly KnownSection[] = [
    ...dataSections,
    ...trainingSections,
    ...inferenceSections,
    ...serviceSections,
    ...tuningSections,
];

const byName = new Map(knownSections.map((section) => [section.name, section]));
const keysByName = new Map(
    knownSections.map(({ name, keys }) => [
        name,
        new Map(keys.flatMap((key) => [key.key, ...(key.aliases ?? [])].map((alias) => [alias, key] as const))),
    ]),
);

export function findSection(section: string): KnownSection | undefined {
    return byName.get(section);
}

/** The known key of that name or alias. */
export function findKey(section: string, key: string): KnownKey | undefined {
    return keysByName.get(section)?.get(key);
}

/** All names that keys of a section may have. */
export function keyNames(section: string): readonly string[] {
    return [...(keysByName.get(section)?.keys() ?? [])];
}

/** All names that sections may have. */
export const sectionNames: readonly string[] = [...byName.keys(), ...openSections];

export function isOpenSection(section: string): boolean {
    return openSections.includes(section) || byName.get(section)?.open === true;
}

// What is said of the sections and keys that were given: names that nothing knows, that something else decides, or that
// change nothing.
import { findKey, findSection, isOpenSection, keyNames, knownSections, sectionNames } from "./defaults.ts";
import type { Problem } from "./errors.ts";
import { placeOf } from "./origin.ts";
import { type CfgEntry, type CfgSections, parseReference } from "./resolve.ts";
import { didYouMean } from "./similar.ts";
import { isSameText } from "./values.ts";

interface Given {
    readonly section: string;
    readonly key: string;
    readonly entry: CfgEntry;
}

/** Keys that something else decides, which are refused. */
export function findRefused(sections: CfgSections): Problem[] {
    return eachEntry(sections).flatMap(({ section, key, entry }) => {
        const variable = findKey(section, key)?.decidedBy;
        const message = `is decided by ${variable ?? ""}, not by the cfg`;
        return variable === undefined
            ? []
            : [{ ...placeOf(entry.origin), section, key, message, suggestion: `remove it and set ${variable}` }];
    });
}

/** Names that nothing reads, with the name or the section that was probably meant. */
export function findUnknown(sections: CfgSections): Problem[] {
    const referredTo = findReferences(sections);
    return [...sections].flatMap(([section, entries]) => {
        if (isOpenSection(section)) {
            return [];
        }
        if (findSection(section) === undefined) {
            const first = entries.values().next().value;
            const place = first === undefined ? {} : placeOf(first.origin);
            return [{ ...place, section, ...unknownName("section", didYouMean(section, sectionNames)) }];
        }
        const isFree = (key: string) => isBaseSection(section) && referredTo.has(`${section}::${key}`);
        return [...entries]
            .filter(([key]) => findKey(section, key) === undefined && !isFree(key))
            .map(([key, entry]) => {
                const meant = elsewhere(key) ?? didYouMean(key, keyNames(section));
                const what = isBaseSection(section) ? "key, and nothing refers to it" : "key";
                return { ...placeOf(entry.origin), section, key, ...unknownName(what, meant) };
            });
    });
}

/** A section for values that others refer to, under names of the user's choice too. */
function isBaseSection(section: string): boolean {
    return findSection(section)?.open === "by reference";
}

/** All that the values refer to, as `section::key`. */
function findReferences(sections: CfgSections): ReadonlySet<string> {
    return new Set(
        eachEntry(sections).flatMap(({ section, entry }) => {
            const target = parseReference(entry.text, section);
            return target === undefined ? [] : [`${target.section}::${target.key}`];
        }),
    );
}

/** Known keys that change nothing. Their own default is what a file of aframe-init says, and no reason to speak. */
export function findIneffective(sections: CfgSections): Problem[] {
    return eachEntry(sections).flatMap(({ section, key, entry }) => {
        const known = findKey(section, key);
        if (known?.noEffect === undefined || isSameText(entry.text, known.default)) {
            return [];
        }
        const { noEffect, instead: suggestion } = known;
        const message = `has no effect: ${noEffect}`;
        return [{ ...placeOf(entry.origin), section, key, message, ...(suggestion && { suggestion }) }];
    });
}

/** The sections that have a key of exactly this name. */
function elsewhere(key: string): string | undefined {
    const sections = knownSections
        .filter(({ name, optional }) => !optional && findKey(name, key) !== undefined)
        .map(({ name }) => `[${name}]`);
    const [last, ...others] = sections.reverse();
    if (last === undefined) {
        return undefined;
    }
    return `is a key of ${others.length === 0 ? last : `${others.reverse().join(", ")} and ${last}`}`;
}

function unknownName(what: string, suggestion: string | undefined): Pick<Problem, "message" | "suggestion"> {
    return { message: `unknown ${what}`, ...(suggestion === undefined ? {} : { suggestion }) };
}

function eachEntry(sections: CfgSections): Given[] {
    return [...sections].flatMap(([section, entries]) => [...entries].map(([key, entry]) => ({ section, key, entry })));
}

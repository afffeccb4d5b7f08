// The tables of the cfg's keys, from the same source by which they are read.
import { type KnownKey, type KnownSection, knownSections, type ValueType } from "../config/defaults.ts";
import { condorTask, containerTask } from "../config/keys/execution.ts";
import { openSections } from "../config/keys/services.ts";
import { describeEffects } from "../preview/effects/describe.ts";
import { effectOf } from "../preview/effects/effects.ts";
import { code, codes, table } from "./markdown.ts";

const head = ["Key", "Type", "Default", "Meaning", "An edit"];

/** Keys that many sections have in common; told once. */
const common = [...condorTask({}), ...containerTask];
const commonPlace = "[keys of every task](#keys-of-every-task)";

/** Sections in which every key is without effect, or refused. */
const [idle, working] = [true, false].map((wanted) =>
    knownSections.filter(({ keys }) => keys.every((known) => !isFree(known)) === wanted),
) as [KnownSection[], KnownSection[]];

export function describeSections(): string {
    return working.map(describeSection).join("\n\n");
}

/** Keys that can be set, and then change something. */
function isFree({ noEffect, decidedBy }: KnownKey): boolean {
    return noEffect === undefined && decidedBy === undefined;
}

/** What the keys of every task are, and what sections say of them that is their own. */
export function describeCommonKeys(): string {
    const rows = common.filter(isFree).map((known) => {
        const sections = working.filter(({ keys }) => keys.some((one) => isFree(one) && isSame(one, known)));
        return rowOf(known, defaultsOf(known, sections), commonEffect(known, sections));
    });
    return [table(head, rows), ...idleLines(common)].join("\n\n");
}

export function describeIdleSections(): string {
    const rows = idle.map(({ name, meaning, keys }) => [code(`[${name}]`), meaning, codes(keys.map(({ key }) => key))]);
    return table(["Section", "Meaning", "Keys"], rows);
}

export function describeOpenSections(): string {
    return `${codes(openSections.map((name) => `[${name}]`))}.`;
}

function describeSection({ name, meaning, keys, open }: KnownSection): string {
    const own = keys.filter((known) => !common.some((one) => isSame(known, one)));
    const shared = keys.filter((known) => !own.includes(known) && isFree(known)).map(({ key }) => key);
    const rows = own.filter(isFree).map((known) => rowOf(known, defaultOf(known), effectText(name, known.key)));
    const isCondor = shared.includes("workflow");
    return [
        `### [${name}]`,
        open === true ? `${meaning} Other keys may stand here too.` : meaning,
        ...(rows.length > 0 ? [table(head, rows)] : []),
        ...(shared.length > 0 ? [`Also the ${commonPlace}${isCondor ? "" : ` ${codes(shared)}`}.`] : []),
        ...decidedLines(own),
        ...idleLines(own),
    ].join("\n\n");
}

function rowOf(known: KnownKey, fallback: string, effect: string): string[] {
    return [code(known.key), typeOf(known), fallback, meaningOf(known), effect];
}

function effectText(section: string, key: string): string {
    const isInclude = section === "core" && (key === "inherit" || key === "extend");
    return isInclude ? "what the values change" : describeEffects((where) => effectOf(section, key, where));
}

/** Aliases, secrets and the like are part of what a key means. */
function meaningOf({ meaning, aliases = [], secret, own, unless }: KnownKey): string {
    return [
        meaning,
        aliases.length > 0 && `also ${codes(aliases)}`,
        unless !== undefined && `left out when ${code(unless)} is given`,
        secret && "secret",
        own && "for this program only, not handed to law",
    ]
        .filter(Boolean)
        .join("; ");
}

const types: Readonly<Record<ValueType, string>> = {
    int: "whole number",
    float: "number",
    optionalFloat: "number or empty",
    bool: "true or false",
    string: "text",
    path: "path",
    csv: "texts with commas between",
    endpoint: "address",
    gitUrl: "git repository",
    gitRef: "branch, tag or commit",
    image: "container image",
    stringList: "list of texts",
    numberList: "list of numbers",
    pairList: "list of pairs",
};

function typeOf({ type, unit, choices, min, above, max }: KnownKey): string {
    const limits = [
        min !== undefined && `at least ${min}`,
        above !== undefined && `more than ${above}`,
        max !== undefined && `at most ${max}`,
    ].filter((limit) => limit !== false);
    const name = choices === undefined ? types[type] : choices.map(code).join(" or ");
    return [unit === undefined ? name : `${name}, ${unit}`, ...limits].join("; ");
}

/** The text that stands for an absent key, or what the task makes of its absence. */
function defaultOf({ default: fallback, taskDefault, environment }: KnownKey): string {
    const text = fallback === undefined ? (taskDefault ?? "none") : fallback === "" ? "empty" : code(fallback);
    return environment === undefined ? text : `${code(environment)}, else ${text}`;
}

/** One default for all sections, after those of sections that have another. */
function defaultsOf(known: KnownKey, sections: readonly KnownSection[]): string {
    const usual = defaultOf(known);
    const inSection = ({ keys }: KnownSection) => defaultOf(keys.find((one) => isSame(one, known)) ?? known);
    const others = [...Map.groupBy(sections, inSection)].filter(([text]) => text !== usual);
    const texts = others.map(([text, those]) => `${text} in ${codes(those.map(({ name }) => `[${name}]`))}`);
    return texts.length === 0 ? usual : `${texts.join("; ")}; else ${usual}`;
}

/** The same in all sections but for the stage that is theirs. */
function commonEffect({ key }: KnownKey, sections: readonly KnownSection[]): string {
    const texts = sections.map(({ name }) =>
        effectText(name, key).replace(/^(local: )?runs .*/, "runs the section's stage"),
    );
    return [...new Set(texts)].join(" or ");
}

function isSame(one: KnownKey, other: KnownKey): boolean {
    return one.key === other.key && one.meaning === other.meaning;
}

function decidedLines(keys: readonly KnownKey[]): string[] {
    const decided = keys.filter(({ decidedBy }) => decidedBy !== undefined);
    const byVariable = [...Map.groupBy(decided, ({ decidedBy = "" }) => decidedBy)];
    const texts = byVariable.map(([variable, those]) => `${codes(those.map(({ key }) => key))} by ${code(variable)}`);
    return texts.length === 0 ? [] : [`Refused, as a variable decides: ${texts.join("; ")}.`];
}

function idleLines(keys: readonly KnownKey[]): string[] {
    const idleKeys = keys.filter(({ noEffect }) => noEffect !== undefined);
    const byReason = [
        ...Map.groupBy(idleKeys, ({ noEffect = "", instead }) => [noEffect, instead].filter(Boolean).join("; ")),
    ];
    const texts = byReason.map(([reason, those]) => `${codes(those.map(({ key }) => key))} (${reason})`);
    return texts.length === 0 ? [] : [`Without effect: ${texts.join(", ")}.`];
}

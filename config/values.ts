// Texts of cfg values -> numbers, booleans and lists, with the rules of luigi's parameter types.
import type { KnownKey, ValueType } from "./defaults.ts";
import { parseEndpoint } from "./endpoint.ts";
import { ConfigError, quote } from "./errors.ts";
import { parseGitRef, parseGitUrl } from "./git.ts";
import { parseImage } from "./image.ts";

interface TypedValues {
    int: number;
    float: number;
    optionalFloat: number | undefined;
    bool: boolean;
    string: string;
    path: string;
    csv: readonly string[];
    endpoint: string | undefined;
    gitUrl: string;
    gitRef: string;
    image: string;
    stringList: readonly string[];
    numberList: readonly number[];
    pairList: readonly (readonly [number, number])[];
}

export type TypedValue<T extends ValueType> = TypedValues[T];

/** Reads a value of a known key and checks its limits; throws a ConfigError that says what is allowed. */
export function parseValue<T extends ValueType>(text: string, type: T, limits: Limits = {}): TypedValue<T> {
    const parse = parsers[type] as (text: string) => TypedValue<T>;
    const value = parse(text);
    if (typeof value === "number") {
        checkLimits(text, value, limits);
    }
    if (limits.choices?.includes(text) === false) {
        throw wrong(text, `one of ${limits.choices.join(", ")}`);
    }
    return value;
}

/** Whether an empty text is a value of that type, and not a request for the default. */
export function mayBeEmpty(type: ValueType): boolean {
    return type === "string" || type === "path" || type === "csv" || type === "optionalFloat" || type === "endpoint";
}

/** Same text, or the same value written differently, such as `1`, `1.0` and `500_000`. */
export function isSameText(one: string | undefined, other: string | undefined): boolean {
    return one === other || (one !== undefined && other !== undefined && plain(one) === plain(other));
}

function plain(text: string): string {
    const number = Number(text.replaceAll("_", ""));
    return text === "" || Number.isNaN(number) ? text.toLowerCase().replaceAll(/\s/g, "") : String(number);
}

type Limits = Pick<KnownKey, "min" | "above" | "max" | "unit" | "choices">;

const parsers: { readonly [T in ValueType]: (text: string) => TypedValues[T] } = {
    int: parseInteger,
    float: parseNumber,
    optionalFloat: (text) => (text === "" ? undefined : parseNumber(text)),
    bool: parseBoolean,
    string: (text) => text,
    path: (text) => text,
    csv: (text) =>
        text
            .split(",")
            .map((part) => part.trim())
            .filter((part) => part !== ""),
    endpoint: (text) => (text === "" ? undefined : parseEndpoint(text)),
    gitUrl: parseGitUrl,
    gitRef: parseGitRef,
    image: parseImage,
    stringList: (text) => parseList(text, 'a list of texts such as ["H1", "L1"]', isString),
    numberList: (text) => parseList(text, "a list of numbers such as [0, 1]", isNumber),
    pairList: (text) => parseList(text, "a list of pairs such as [[35, 35], [20, 10]]", isPair),
};

/** Digits with single underscores between them, as in Python. */
const digits = "\\d+(?:_\\d+)*";
const integerForm = new RegExp(`^[+-]?${digits}$`);
const numberForm = new RegExp(`^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:[eE][+-]?${digits})?$`);

function parseInteger(text: string): number {
    const value = integerForm.test(text) ? Number(text.replaceAll("_", "")) : Number.NaN;
    if (!Number.isSafeInteger(value)) {
        throw wrong(text, "a whole number such as 4 or 500_000");
    }
    // No -0, which Python's int does not have.
    return value === 0 ? 0 : value;
}

function parseNumber(text: string): number {
    const value = numberForm.test(text) ? Number(text.replaceAll("_", "")) : Number.NaN;
    if (!Number.isFinite(value)) {
        throw wrong(text, "a number such as 4, 1.5 or 2e3");
    }
    return value;
}

function parseBoolean(text: string): boolean {
    const value = text.toLowerCase();
    if (value !== "true" && value !== "false") {
        throw wrong(text, "true or false");
    }
    return value === "true";
}

function parseList<T>(text: string, allowed: string, isItem: (item: unknown) => item is T): readonly T[] {
    let list: unknown;
    try {
        list = JSON.parse(text);
    } catch {
        throw wrong(text, allowed);
    }
    if (!Array.isArray(list) || !list.every((item) => isItem(item))) {
        throw wrong(text, allowed);
    }
    return list;
}

function isString(item: unknown): item is string {
    return typeof item === "string";
}

function isNumber(item: unknown): item is number {
    return typeof item === "number" && Number.isFinite(item);
}

function isPair(item: unknown): item is readonly [number, number] {
    return Array.isArray(item) && item.length === 2 && item.every((part) => isNumber(part));
}

function checkLimits(text: string, value: number, limits: Limits): void {
    const { min, above, max, unit } = limits;
    const suffix = unit === undefined ? "" : ` ${unit}`;
    const allowed: string[] = [];
    if (above !== undefined) {
        allowed.push(`more than ${above}`);
    }
    if (min !== undefined) {
        allowed.push(`at least ${min}`);
    }
    if (max !== undefined) {
        allowed.push(`at most ${max}`);
    }
    if (value < (min ?? value) || (above !== undefined && value <= above) || value > (max ?? value)) {
        throw new ConfigError([{ message: `${text} is out of range: must be ${allowed.join(" and ")}${suffix}` }]);
    }
}

function wrong(text: string, allowed: string): ConfigError {
    return new ConfigError([{ message: `${quote(text)} is not ${allowed}` }]);
}

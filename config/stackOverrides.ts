// `aframe:settings` of a stack's config: overrides of cfg values, as the texts that a cfg would hold.
import { quote } from "./errors.ts";
import { noDefaultSection } from "./ini.ts";

/** A stack's config without its namespace, values decoded. */
export type RawConfig = Readonly<Record<string, unknown>>;

type Report = (key: string, message: string, suggestion?: string) => void;

/** Section, key, text; what is wrong is reported and left out. */
export function readOverrides(settings: RawConfig, report: Report): Record<string, Record<string, string>> {
    const result: Record<string, Record<string, string>> = {};
    for (const [section, values] of Object.entries(settings)) {
        if (!isObject(values)) {
            report(`settings.${section}`, `${show(values)} is not a section`, "section: key: value");
            continue;
        }
        const texts = Object.entries(values).map(
            ([key, value]) => [key, override(section, key, value, report)] as const,
        );
        result[section] = Object.fromEntries(
            texts.filter((entry): entry is [string, string] => entry[1] !== undefined),
        );
    }
    return result;
}

function override(section: string, key: string, value: unknown, report: Report): string | undefined {
    const text = isScalar(value) ? String(value).trim() : value === null ? "" : JSON.stringify(value);
    const wrong = wrongOverride(section, key, value, text);
    if (wrong !== undefined) {
        report(`settings.${section}.${key}`, ...wrong);
        return undefined;
    }
    return text;
}

function wrongOverride(
    section: string,
    key: string,
    value: unknown,
    text: string,
): [message: string, suggestion?: string] | undefined {
    if (![section, key].every((part) => /^[A-Za-z0-9_.-]+$/.test(part) && part !== "__proto__")) {
        return ["is not a section and a key", "letters, digits, _ . -"];
    }
    if (section === "DEFAULT") {
        return [noDefaultSection.message, noDefaultSection.suggestion];
    }
    if (section === "core" && (key === "inherit" || key === "extend")) {
        return [`${key} cannot be overridden`, "edit the cfg"];
    }
    if (isObject(value)) {
        return ["an object is not a cfg value", "a text, a number, true, false or a list"];
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
    if (/[\u0000-\u0008\u000A-\u001F\u007F]/.test(text)) {
        return ["the value holds a line break or another control character"];
    }
    return undefined;
}

export function isObject(value: unknown): value is RawConfig {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isScalar(value: unknown): value is string | number | boolean {
    return ["string", "number", "boolean"].includes(typeof value);
}

/** A value as it may be shown in a message. */
export function show(value: unknown): string {
    return quote(typeof value === "string" ? value : JSON.stringify(value)).replaceAll('\\"', '"');
}

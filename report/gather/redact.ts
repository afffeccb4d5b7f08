// Keeps secrets, and what only a terminal can show, out of a report: a log may print whatever it was given.
import { stripVTControlCharacters } from "node:util";
import { redactor } from "../../pipeline/stage/redact.ts";

/** Of an address, what stands before its server. */
const login = /(\b[a-z][a-z\d+.-]*:\/\/)[^\s/@]+:[^\s/@]*@/gi;

/** The same value with each secret, and each login in an address, blotted out of its texts. */
export function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
    const redact = redactor(secrets);
    const clean = (text: string) => redact(stripVTControlCharacters(text)).replace(login, "$1[secret]@");
    return walk(value, clean) as T;
}

function walk(value: unknown, clean: (text: string) => string): unknown {
    if (typeof value === "string") return clean(value);
    if (Array.isArray(value)) return value.map((item) => walk(item, clean));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), walk(item, clean)]));
}

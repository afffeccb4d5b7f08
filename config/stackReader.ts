// Typed reading of the keys of a stack's config, keeping what is wrong with them.
import { isAbsolute, normalize } from "node:path";
import { namesCredential } from "./credentialNames.ts";
import type { Problem } from "./errors.ts";
import { didYouMean } from "./similar.ts";
import { type StackConfigName, stackConfigKeys } from "./stackKeys.ts";
import { isObject, isScalar, type RawConfig, readOverrides, show } from "./stackOverrides.ts";

export type { RawConfig } from "./stackOverrides.ts";

/** Reads keys one by one; a wrong value becomes a problem and the default is returned. */
export class StackReader {
    readonly problems: Problem[] = [];
    /** The keys whose values are wrong. */
    readonly replaced: string[] = [];
    private readonly raw: RawConfig;
    private readonly source: string;

    constructor(raw: RawConfig, source: string) {
        this.raw = raw;
        this.source = source;
    }

    report(key: string | undefined, message: string, suggestion?: string): void {
        if (key !== undefined) {
            this.replaced.push(key);
        }
        this.problems.push({
            file: this.source,
            ...(key === undefined ? {} : { key: `aframe:${key}` }),
            message,
            ...(suggestion === undefined ? {} : { suggestion }),
        });
    }

    reportUnknown(): void {
        const known = stackConfigKeys.map((key) => key.name);
        for (const key of Object.keys(this.raw)) {
            if (!known.some((name) => name === key)) {
                this.report(key, "there is no such key", didYouMean(key, known));
            }
        }
    }

    directory(): string {
        const value = this.raw.directory;
        if (value === undefined) {
            this.report("directory", "is not set", "the experiment directory that aframe-init made");
        } else if (typeof value !== "string" || !isAbsolute(value)) {
            this.report("directory", `${show(value)} is not an absolute path`);
        } else {
            return normalize(value).replace(/(?<=.)\/+$/, "");
        }
        return "/";
    }

    text(key: StackConfigName, shape: RegExp, fallback: string, allowed: string): string {
        const value = this.raw[key] ?? fallback;
        const text = typeof value === "number" ? String(value) : value;
        if (typeof text === "string" && shape.test(text)) {
            return text;
        }
        this.report(key, `${show(value)} is not right`, allowed);
        return fallback;
    }

    count(key: StackConfigName, fallback: number, most: number): number {
        const value = this.raw[key] ?? fallback;
        const count = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
        if (typeof count === "number" && Number.isInteger(count) && count >= 1 && count <= most) {
            return count;
        }
        this.report(key, `${show(value)} is not right`, `a whole number from 1 to ${most}`);
        return fallback;
    }

    boolean(key: StackConfigName, fallback: boolean): boolean {
        const value = this.raw[key] ?? fallback;
        const text = isScalar(value) ? String(value).toLowerCase() : "";
        if (text === "true" || text === "false") {
            return text === "true";
        }
        this.report(key, `${show(value)} is not right`, "true or false");
        return fallback;
    }

    choice<T extends string>(key: StackConfigName, allowed: readonly [T, ...T[]]): T {
        const value = this.raw[key] ?? allowed[0];
        const found = allowed.find((choice) => choice === value);
        if (found === undefined) {
            this.report(key, `${show(value)} is not right`, `one of ${allowed.join(", ")}`);
        }
        return found ?? allowed[0];
    }

    object(key: StackConfigName): RawConfig | undefined {
        const value = this.raw[key];
        if (value === undefined || isObject(value)) {
            return value;
        }
        this.report(key, `${show(value)} is not an object`);
        return undefined;
    }

    /** An object of exactly the given keys, each a text of the given shape. */
    texts<K extends string>(key: StackConfigName, shapes: Readonly<Record<K, RegExp>>): Record<K, string> | undefined {
        const value = this.object(key);
        if (value === undefined) {
            return undefined;
        }
        const names = Object.keys(shapes) as K[];
        const wrong = names.filter((name) => typeof value[name] !== "string" || !shapes[name].test(value[name]));
        for (const name of wrong) {
            const reason = value[name] === undefined ? "is not set" : `${show(value[name])} is not right`;
            this.report(`${key}.${name}`, reason);
        }
        for (const other of Object.keys(value).filter((name) => !Object.hasOwn(shapes, name))) {
            this.report(`${key}.${other}`, "there is no such key", didYouMean(other, names));
        }
        return wrong.length === 0 ? (value as Record<K, string>) : undefined;
    }

    command(): readonly string[] | undefined {
        const value = this.raw.law;
        if (value === undefined || (Array.isArray(value) && value.length > 0 && value.every(isNonEmptyText))) {
            return value;
        }
        this.report("law", `${show(value)} is not a command`, 'a list of texts such as ["uv", "run", "law"]');
        return undefined;
    }

    environment(): Record<string, string> {
        const result: Record<string, string> = {};
        for (const [name, value] of Object.entries(this.object("environment") ?? {})) {
            const key = `environment.${name}`;
            if (!/^[A-Za-z_]\w*$/.test(name)) {
                this.report(key, "is not the name of a variable");
            } else if (namesCredential(name)) {
                this.report(key, "a credential must not stand here in clear", "aframe config set --secret");
            } else if (isScalar(value)) {
                result[name] = String(value);
            } else {
                this.report(key, `${show(value)} is not a text`);
            }
        }
        return result;
    }

    overrides(): Record<string, Record<string, string>> {
        return readOverrides(this.object("settings") ?? {}, (key, message, suggestion) => {
            this.report(key, message, suggestion);
        });
    }
}

function isNonEmptyText(value: unknown): value is string {
    return typeof value === "string" && value !== "";
}

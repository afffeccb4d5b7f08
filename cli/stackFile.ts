// The stack's config file as a document: reading its values, and edits that keep comments and encrypted values.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Document, isMap, parseDocument } from "yaml";
import { replaceFile } from "../files/replaceFile.ts";
import { UsageError } from "./errors.ts";
import { projectName } from "./project.ts";

/** One value that an edit changed; never a secret. */
export interface Change {
    /** `aframe:environment.AFRAME_TMPDIR` */
    readonly key: string;
    readonly before: unknown;
    readonly after: unknown;
}

export class StackFile {
    readonly path: string;
    readonly #document: Document;
    readonly #changes: Change[] = [];
    /** Changed in a way that is not shown. */
    #touched = false;

    constructor(file: string, text: string) {
        this.path = file;
        this.#document = parseDocument(text);
        const [problem] = this.#document.errors;
        if (problem) {
            const line = problem.linePos?.[0].line ?? 1;
            throw new UsageError(`${file}:${line}: ${problem.message.split("\n")[0] ?? "not readable as YAML"}`);
        }
        const config: unknown = this.#document.get("config");
        if (
            (this.#document.contents !== null && !isMap(this.#document.contents)) ||
            (config != null && !isMap(config))
        ) {
            throw new UsageError(`${file}: must be a map whose key "config" is a map`);
        }
    }

    static async read(file: string): Promise<StackFile> {
        return new StackFile(file, await readFile(file, "utf8"));
    }

    get changes(): readonly Change[] {
        return this.#changes;
    }

    /** A passphrase protects this stack's secrets. */
    get hasPassphraseSalt(): boolean {
        return this.#document.has("encryptionsalt");
    }

    /** Some value of the project's config is encrypted. */
    get hasSecrets(): boolean {
        return this.#entries.some(([, value]) => isEncrypted(value));
    }

    /** The project's config without namespace and without encrypted values. */
    get config(): Readonly<Record<string, unknown>> {
        return Object.fromEntries(this.#entries.filter(([, value]) => !isEncrypted(value)));
    }

    get #entries(): [string, unknown][] {
        const all = (this.#document.toJS() as { config?: Record<string, unknown> } | null)?.config ?? {};
        const own = Object.entries(all).filter(([key]) => key.startsWith(`${projectName}:`));
        return own.map(([key, value]) => [key.slice(projectName.length + 1), value]);
    }

    /** Sets a value, such as `["environment", "AFRAME_TMPDIR"]`, unless it is that already. */
    set(keys: readonly [string, ...string[]], value: string | number | boolean): void {
        const [first, ...rest] = keys;
        const at = ["config", `${projectName}:${first}`, ...rest];
        const before: unknown = this.#document.getIn(at);
        if (before === value) return;
        this.#document.setIn(at, value);
        this.#changes.push({ key: [`${projectName}:${first}`, ...rest].join("."), before, after: value });
    }

    /** Puts an encrypted value in, and the salt that it was encrypted with; never among the changes, which are shown. */
    setSealed(key: string, sealed: string, salt: string): void {
        this.#document.setIn(["config", `${projectName}:${key}`], { secure: sealed });
        this.#document.set("encryptionsalt", salt);
        this.#touched = true;
    }

    /** Takes a value out, and the maps that it was the last value of; false when it is not there. */
    remove(keys: readonly [string, ...string[]]): boolean {
        const [first, ...rest] = keys;
        const at = ["config", `${projectName}:${first}`, ...rest];
        if (!this.#document.hasIn(at)) return false;
        this.#document.deleteIn(at);
        for (let end = at.length - 1; end > 1; end--) {
            const holder = this.#document.getIn(at.slice(0, end));
            if (!isMap(holder) || holder.items.length > 0) break;
            this.#document.deleteIn(at.slice(0, end));
        }
        this.#touched = true;
        return true;
    }

    /** Long values, such as encrypted ones, stay on one line. */
    toString(): string {
        return this.#document.toString({ lineWidth: 0 });
    }

    async save(): Promise<void> {
        if (this.#changes.length > 0 || this.#touched) await replaceFile(this.path, this.toString());
    }
}

function isEncrypted(value: unknown): boolean {
    return typeof value === "object" && value !== null && "secure" in value;
}

/** `aframe:settings.luigi_Train.request_gpus` as the path of keys that it names; the namespace may be left out. */
export function pathOfKey(given: string): [string, ...string[]] {
    const [first = "", ...rest] = given.replace(`${projectName}:`, "").split(".");
    if ([first, ...rest].includes("")) throw new UsageError(`KEY is "${given}"; allowed: names joined by dots`);
    return [first, ...rest];
}

export function renderChange({ key, before, after }: Change): string {
    const show = (value: unknown) =>
        value === undefined ? "(not set)" : typeof value === "string" ? value : JSON.stringify(value);
    return `${key}: ${show(before)} -> ${show(after)}`;
}

/** The experiment directory that a stack file names; undefined when it names none. */
export function directoryOf(file: StackFile): string | undefined {
    const { directory } = file.config;
    return typeof directory === "string" ? path.resolve(directory) : undefined;
}

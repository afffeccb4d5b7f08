// The cfg file of an experiment with all it inherits, merged key by key as law does.
import { readFileSync } from "node:fs";
import { dirname, resolve as resolvePath } from "node:path";
import type { Problem } from "./errors.ts";
import { collect } from "./errors.ts";
import { type Environment, expand, expandList } from "./expand.ts";
import { parseIni } from "./ini.ts";
import { applyLawVariables } from "./lawVariables.ts";
import { nameOf, placeOf } from "./origin.ts";
import { type CfgEntry, type CfgSections, resolve } from "./resolve.ts";

/** Content of a file, or undefined when there is none. */
export type FileReader = (path: string) => Uint8Array | undefined;

export interface Cfg {
    readonly sections: CfgSections;
    readonly problems: readonly Problem[];
}

/** Reads from disk; directories and unreadable files throw. */
export const readFromDisk: FileReader = (path) => {
    try {
        return readFileSync(path);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
};

/** Reads `file` (absolute) and the files that `[core] inherit` and `extend` name. */
export function loadCfg(file: string, environment: Environment, read: FileReader = readFromDisk): Cfg {
    const loader = new Loader(file, environment, read);
    const sections = loader.load(file, []);
    return { sections, problems: [...loader.problems, ...applyLawVariables(sections, environment)] };
}

class Loader {
    readonly problems: Problem[] = [];
    private readonly parsed = new Map<string, CfgSections | undefined>();
    private readonly loaded = new Map<string, CfgSections>();
    private readonly main: string;
    private readonly environment: Environment;
    private readonly read: FileReader;

    constructor(main: string, environment: Environment, read: FileReader) {
        this.main = main;
        this.environment = environment;
        this.read = read;
    }

    /** law's order: inherited files, the file itself, then what the merged result extends. */
    load(file: string, ancestors: readonly string[]): CfgSections {
        const own = this.parse(file);
        const earlier = this.loaded.get(file);
        const merged: CfgSections = new Map();
        if (own === undefined || earlier !== undefined) {
            return earlier ?? merged;
        }
        const chain = [...ancestors, file];
        this.include(merged, own, "inherit", chain);
        merge(merged, own);
        this.include(merged, merged, "extend", chain);
        this.loaded.set(file, merged);
        return merged;
    }

    private include(target: CfgSections, from: CfgSections, key: "inherit" | "extend", chain: readonly string[]): void {
        const oldName = from.get("core")?.get(`${key}_configs`);
        if (oldName !== undefined) {
            const place = { ...placeOf(oldName.origin), section: "core", key: `${key}_configs` };
            this.problems.push({ ...place, message: `is the old name of ${key}`, suggestion: `write ${key}` });
        }
        const entry = from.get("core")?.get(key);
        if (entry === undefined) {
            return;
        }
        const place = { ...placeOf(entry.origin), section: "core", key };
        const found = collect(this.problems, place, () => resolve(from, "core", key, this.environment));
        if (found === undefined || found.value.toLowerCase() === "none") {
            return;
        }
        if (found.unset.length > 0) {
            this.problems.push({ ...place, ...unsetProblem(found.value, found.unset) });
            return;
        }
        for (const name of expandList(found.value)) {
            // law expands only a `~` that starts the whole list.
            const path = resolvePath(dirname(chain.at(-1) ?? ""), expand(name, this.environment).text);
            if (chain.includes(path)) {
                const circle = [...chain.slice(chain.indexOf(path)), path].map((part) => this.nameOf(part));
                const message = `circular ${key}: ${circle.join(" -> ")}`;
                this.problems.push({ ...place, message, suggestion: "remove one of them" });
            } else if (this.parse(path) === undefined) {
                const suggestion = `names are relative to the folder of ${place.file ?? "this file"}`;
                this.problems.push({ ...place, message: `there is no file ${path}`, suggestion });
            } else {
                merge(target, this.load(path, chain));
            }
        }
    }

    /** The values of one file alone; undefined when there is no such file. */
    private parse(file: string): CfgSections | undefined {
        if (!this.parsed.has(file)) {
            this.parsed.set(file, this.parseNew(file));
        }
        return this.parsed.get(file);
    }

    private parseNew(file: string): CfgSections | undefined {
        const name = this.nameOf(file);
        let bytes: Uint8Array | undefined;
        try {
            bytes = this.read(file);
        } catch (error) {
            this.problems.push({ file: name, message: `cannot be read: ${(error as Error).message}` });
            return new Map();
        }
        if (bytes === undefined) {
            if (file === this.main) {
                this.problems.push({ file, message: "there is no such file", suggestion: "aframe-init makes it" });
            }
            return undefined;
        }
        const ini = parseIni(bytes, name);
        this.problems.push(...ini.problems);
        return new Map(
            [...ini.sections].map(([section, values]) => [
                section,
                new Map([...values].map(([key, { text, line }]) => [key, entryOf(text, name, line)])),
            ]),
        );
    }

    private nameOf(file: string): string {
        return nameOf(file, dirname(this.main));
    }
}

function entryOf(text: string, file: string, line: number): CfgEntry {
    return { text, origin: { kind: "file", file, line } };
}

/** Problem text for a path or address that uses variables without a value. */
export function unsetProblem(value: string, unset: readonly string[]): Pick<Problem, "message" | "suggestion"> {
    const names = [...new Set(unset)].join(", ");
    return {
        message: `${value} uses ${names}, which ${unset.length > 1 ? "are" : "is"} not set`,
        suggestion: "set it in the stack's environment map",
    };
}

function merge(target: CfgSections, from: CfgSections): void {
    for (const [section, entries] of from) {
        let existing = target.get(section);
        if (existing === undefined) {
            existing = new Map();
            target.set(section, existing);
        }
        for (const [key, entry] of entries) {
            existing.set(key, entry);
        }
    }
}

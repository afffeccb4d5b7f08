// All values of an experiment resolved and checked against their types, and typed access to them.
import { unsetProblem } from "./cfg.ts";
import { findKey } from "./defaults.ts";
import { collect, type Problem } from "./errors.ts";
import type { Environment } from "./expand.ts";
import type { KnownKey, ValueType } from "./keys/known.ts";
import { placeOf } from "./origin.ts";
import { type CfgSections, type Resolution, resolve } from "./resolve.ts";
import type { ResolvedValue } from "./settings.ts";
import { mayBeEmpty, parseValue, type TypedValue } from "./values.ts";

/** Types whose text names a file or an address, where an unset variable cannot be meant. */
const addressTypes: readonly ValueType[] = ["path", "endpoint", "gitUrl", "image"];

/** The resolved values, with what is wrong with them. In the place of a wrong value stands the default of its key. */
export class ResolvedValues {
    readonly all: readonly ResolvedValue[];
    readonly problems: readonly Problem[];
    private readonly found = new Map<string, Resolution>();

    constructor(sections: CfgSections, environment: Environment) {
        const problems: Problem[] = [];
        const wrong: [section: string, key: string][] = [];
        for (const [section, entries] of sections) {
            for (const key of entries.keys()) {
                const own = resolveChecked(sections, section, key, environment);
                problems.push(...own.problems);
                if (own.resolution === undefined) {
                    wrong.push([section, key]);
                } else {
                    this.found.set(idOf(section, key), own.resolution);
                }
            }
        }
        this.problems = problems;
        const replaced = this.replace(sections, wrong, environment);
        this.all = [...sections].flatMap(([section, entries]) =>
            [...entries.keys()].flatMap((key) => {
                const resolution = this.found.get(idOf(section, key));
                const row = resolution && resolvedValue(section, key, resolution);
                return row === undefined ? [] : [replaced.has(idOf(section, key)) ? { ...row, replaced: true } : row];
            }),
        );
    }

    /** The value of a known key under its name or an alias; undefined when there is none. */
    read<T extends ValueType>(section: string, key: string, type: T): TypedValue<T> | undefined {
        const resolution = this.find(section, key);
        return resolution === undefined ? undefined : collect([], {}, () => parseValue(resolution.value, type));
    }

    /** As `read`, for keys that have a default, so that there always is a value. */
    require<T extends ValueType>(section: string, key: string, type: T): TypedValue<T> {
        const value = this.read(section, key, type);
        if (value === undefined) {
            throw new Error(`[${section}] ${key} has no value`);
        }
        return value;
    }

    find(section: string, key: string): Resolution | undefined {
        const known = findKey(section, key);
        const names = known === undefined ? [key] : [known.key, ...(known.aliases ?? [])];
        return names.map((name) => this.findExactly(section, name)).find((resolution) => resolution !== undefined);
    }

    /** Under exactly this name. */
    findExactly(section: string, key: string): Resolution | undefined {
        return this.found.get(idOf(section, key));
    }

    /** Defaults refer to nothing but `[luigi_base]`, whose own wrong values are replaced at the same time. */
    private replace(
        sections: CfgSections,
        wrong: readonly [section: string, key: string][],
        environment: Environment,
    ): ReadonlySet<string> {
        if (wrong.length === 0) {
            return new Set();
        }
        const repaired: CfgSections = new Map([...sections].map(([section, entries]) => [section, new Map(entries)]));
        for (const [section, key] of wrong) {
            const text = findKey(section, key)?.default;
            if (text !== undefined) {
                repaired.get(section)?.set(key, { text, origin: { kind: "default" } });
            }
        }
        for (const [section, key] of wrong) {
            const { resolution } = resolveChecked(repaired, section, key, environment);
            if (resolution !== undefined) {
                this.found.set(idOf(section, key), resolution);
            }
        }
        return new Set(wrong.map(([section, key]) => idOf(section, key)));
    }
}

function idOf(section: string, key: string): string {
    return `${section}::${key}`;
}

/** The value of a key; none when something is wrong with it. */
function resolveChecked(
    sections: CfgSections,
    section: string,
    key: string,
    environment: Environment,
): { resolution?: Resolution; problems: readonly Problem[] } {
    const known = findKey(section, key);
    const problems: Problem[] = [];
    const resolution = collect(problems, {}, () => resolve(sections, section, key, environment));
    if (resolution !== undefined) {
        checkLength(resolution, problems);
        if (known !== undefined && known.noEffect === undefined) {
            checkType(resolution, known, problems);
        }
    }
    if (problems.length === 0) {
        return { ...(resolution && { resolution }), problems };
    }
    // What is wrong with a credential is said without showing any of it.
    const isSecret = known?.secret ?? (resolution && findKey(resolution.section, resolution.key)?.secret);
    const hidden = isSecret ? { message: "law cannot read this value", suggestion: "it holds a %, $ or &" } : {};
    return { problems: problems.map((problem) => ({ ...problem, ...hidden })) };
}

/** Linux takes no argument of more than 128 KiB, and law puts a task's whole command line into one. */
const longestValue = 65_536;

function checkLength(resolution: Resolution, problems: Problem[]): void {
    const { length } = resolution.value;
    if (length > longestValue) {
        const message = `has ${length} characters; at most ${longestValue} can be handed to a task`;
        problems.push({ ...placeIn(resolution), message });
    }
}

function checkType(resolution: Resolution, known: KnownKey, problems: Problem[]): void {
    const { value, unset } = resolution;
    const wrong: Problem[] = [];
    if (known.type === "path" && value.startsWith("~")) {
        wrong.push({ message: `${value} is not supported`, suggestion: "write the full path" });
    } else if (unset.length > 0 && addressTypes.includes(known.type)) {
        wrong.push(unsetProblem(value, unset));
    } else if (value === "" && !mayBeEmpty(known.type)) {
        wrong.push({ message: "needs a value" });
    } else {
        collect(wrong, {}, () => parseValue(value, known.type, known));
    }
    problems.push(...wrong.map((problem) => ({ ...placeIn(resolution), ...problem })));
}

function placeIn({ origin, section, key }: Resolution): Omit<Problem, "message"> {
    return { ...placeOf(origin), section, key };
}

function resolvedValue(section: string, key: string, resolution: Resolution): ResolvedValue {
    const { value, origin, via } = resolution;
    const secret = [{ section, key }, resolution].some((name) => findKey(name.section, name.key)?.secret === true);
    return { section, key, value, origin, via, secret };
}

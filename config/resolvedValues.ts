// All values of an experiment resolved and checked against their types, and typed access to them.

import { unsetProblem } from "./cfg.ts";
import { findKey } from "./defaults.ts";
import { collect, type Problem } from "./errors.ts";
import type { Environment } from "./expand.ts";
import type { ValueType } from "./keys/known.ts";
import { placeOf } from "./origin.ts";
import { type CfgSections, type Resolution, resolve } from "./resolve.ts";
import type { ResolvedValue } from "./settings.ts";
import { mayBeEmpty, parseValue, type TypedValue } from "./values.ts";

/** Types whose text names a file or an address, where an unset variable cannot be meant. */
const addressTypes: readonly ValueType[] = ["path", "endpoint", "gitUrl", "image"];

/** The resolved values, with what is wrong with them. */
export class ResolvedValues {
    readonly all: readonly ResolvedValue[];
    readonly problems: Problem[] = [];
    private readonly found = new Map<string, Resolution>();

    constructor(sections: CfgSections, environment: Environment) {
        this.all = [...sections].flatMap(([section, entries]) =>
            [...entries.keys()].flatMap((key) => {
                const resolution = this.resolve(sections, section, key, environment);
                return resolution === undefined ? [] : [resolvedValue(section, key, resolution)];
            }),
        );
    }

    /** The value of a known key under its name or an alias; undefined when there is none or it is wrong. */
    read<T extends ValueType>(section: string, key: string, type: T): TypedValue<T> | undefined {
        const resolution = this.find(section, key);
        return resolution === undefined ? undefined : collect([], {}, () => parseValue(resolution.value, type));
    }

    /** As `read`, for keys that have a default: after the problems were reported there is always a value. */
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
        return names
            .map((name) => this.found.get(`${section}::${name}`))
            .find((resolution) => resolution !== undefined);
    }

    /** Under exactly this name. */
    findExactly(section: string, key: string): Resolution | undefined {
        return this.found.get(`${section}::${key}`);
    }

    private resolve(
        sections: CfgSections,
        section: string,
        key: string,
        environment: Environment,
    ): Resolution | undefined {
        const known = findKey(section, key);
        const problems: Problem[] = [];
        const resolution = collect(problems, {}, () => resolve(sections, section, key, environment));
        if (resolution !== undefined) {
            this.found.set(`${section}::${key}`, resolution);
            if (known !== undefined) {
                const place = { ...placeOf(resolution.origin), section: resolution.section, key: resolution.key };
                const isAddress = addressTypes.includes(known.type);
                if (known.type === "path" && resolution.value.startsWith("~")) {
                    problems.push({
                        ...place,
                        message: `${resolution.value} is not supported`,
                        suggestion: "write the full path",
                    });
                } else if (isAddress && resolution.unset.length > 0) {
                    problems.push({ ...place, ...unsetProblem(resolution.value, resolution.unset) });
                } else if (resolution.value === "" && !mayBeEmpty(known.type)) {
                    problems.push({ ...place, message: "needs a value" });
                } else {
                    collect(problems, place, () => parseValue(resolution.value, known.type, known));
                }
            }
        }
        // What is wrong with a credential is said without showing any of it.
        const isSecret = known?.secret ?? (resolution && findKey(resolution.section, resolution.key)?.secret);
        const hidden = isSecret ? { message: "law cannot read this value", suggestion: "it holds a %, $ or &" } : {};
        this.problems.push(...problems.map((problem) => ({ ...problem, ...hidden })));
        return problems.length === 0 ? resolution : undefined;
    }
}

function resolvedValue(section: string, key: string, resolution: Resolution): ResolvedValue {
    const { value, origin, via } = resolution;
    const secret = [{ section, key }, resolution].some((name) => findKey(name.section, name.key)?.secret === true);
    return { section, key, value, origin, via, secret };
}

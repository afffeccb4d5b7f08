// The options that say which resources an operation is about, and how many steps run at a time; as Pulumi has them.
import type { Scope } from "../engine/scope.ts";
import { UsageError } from "../errors.ts";

const which = "by URN, by a pattern with * or **, or by name; may be given several times";

export const scopeOptions = {
    target: {
        type: "list",
        short: "t",
        hint: "URN",
        description: `change only this resource: ${which}`,
        completes: "resources",
    },
    "target-dependents": { type: "boolean", description: "and whatever depends on a target" },
    exclude: {
        type: "list",
        short: "x",
        hint: "URN",
        description: "change all but this resource: as --target",
        completes: "resources",
    },
    "exclude-dependents": { type: "boolean", description: "leave alone what depends on something excluded too" },
    parallel: { type: "string", short: "p", hint: "N", description: "steps at a time (default 16)" },
} as const;

export const replaceOption = {
    type: "list",
    hint: "URN",
    description: "make this resource anew, though nothing of it has changed: as --target",
    completes: "resources",
} as const;

interface ScopeValues {
    readonly target: readonly string[];
    readonly "target-dependents": boolean;
    readonly exclude: readonly string[];
    readonly "exclude-dependents": boolean;
    readonly parallel: string | undefined;
    readonly replace?: readonly string[];
}

export function scopeOf(values: ScopeValues): Scope {
    const { target, exclude, parallel, replace = [] } = values;
    if (target.length > 0 && exclude.length > 0) throw new UsageError("give either --target or --exclude");
    for (const name of ["target", "exclude"] as const) {
        if (values[`${name}-dependents`] && values[name].length === 0)
            throw new UsageError(`--${name}-dependents goes with --${name}`);
    }
    if (parallel !== undefined && !/^[1-9]\d{0,3}$/.test(parallel))
        throw new UsageError(`--parallel is "${parallel}"; allowed: a whole number from 1`);
    return {
        targets: target.map(patternOf),
        targetDependents: values["target-dependents"],
        excludes: exclude.map(patternOf),
        excludeDependents: values["exclude-dependents"],
        replaces: replace.map(patternOf),
        ...(parallel !== undefined && { parallel: Number(parallel) }),
    };
}

/** A mere name stands for the resources that are called so, whatever their type. */
function patternOf(text: string): string {
    if (text === "")
        throw new UsageError("a resource is named by its URN, by a pattern or by its name, not by nothing");
    return text.includes("::") || text.includes("*") ? text : `**::${text}`;
}

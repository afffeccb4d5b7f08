// What differs between two sets of properties: property paths, structural differences, and the options that bend them.
import {
    equal,
    isMap,
    isSecret,
    masked,
    own,
    type PropertyMap,
    type PropertyValue,
    reveal,
} from "../state/propertyValues.ts";
import type { PropertyDiff } from "./events.ts";
import { contains, formatPath, type PropertyPath, parsePath, valueAt } from "./propertyPath.ts";

export { type PropertyPath, parsePath } from "./propertyPath.ts";

export type DiffKind = PropertyDiff["kind"];

/** One difference, by path text, as providers report it in detail. */
export interface Difference {
    readonly kind: DiffKind;
    readonly replaces: boolean;
    /** Whether it is a difference of inputs; otherwise the old value is an output. */
    readonly inputs: boolean;
}

/** What a provider answers to "what would this change do?". */
export interface DiffResult {
    readonly changes: boolean;
    readonly replaceKeys: readonly string[];
    readonly changedKeys: readonly string[];
    readonly detailed: Readonly<Record<string, Difference>>;
    readonly deleteBeforeReplace: boolean;
}

export const noDiff: DiffResult = {
    changes: false,
    replaceKeys: [],
    changedKeys: [],
    detailed: {},
    deleteBeforeReplace: false,
};

export const replaces = (diff: DiffResult): boolean =>
    diff.replaceKeys.length > 0 || Object.values(diff.detailed).some((difference) => difference.replaces);

/** Walks two values and tells the paths at which they differ; secrets are compared by what they hold. */
function walk(
    before: PropertyValue | undefined,
    after: PropertyValue | undefined,
    path: PropertyPath,
): [string, DiffKind][] {
    if (before === undefined || after === undefined) {
        return before === after ? [] : [[formatPath(path), before === undefined ? "add" : "delete"]];
    }
    if (equal(before, after)) {
        return [];
    }
    if (Array.isArray(before) && Array.isArray(after)) {
        const [olds, news] = [before as readonly PropertyValue[], after as readonly PropertyValue[]];
        const length = Math.max(olds.length, news.length);
        return Array.from({ length }, (_, index) => walk(olds[index], news[index], [...path, index])).flat();
    }
    if (isMap(before) && isMap(after)) {
        const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
        return [...keys].flatMap((key) => walk(own(before, key), own(after, key), [...path, key]));
    }
    return [[formatPath(path), "update"]];
}

/** The difference of inputs, for providers that leave the comparison to the engine. */
export function diffInputs(before: PropertyMap, after: PropertyMap): DiffResult {
    const differences = walk(reveal(before), reveal(after), []);
    return {
        ...noDiff,
        changes: differences.length > 0,
        changedKeys: [...new Set(differences.map(([path]) => String(parsePath(path)?.[0] ?? path)))],
        detailed: Object.fromEntries(
            differences.map(([path, kind]) => [path, { kind, replaces: false, inputs: true }]),
        ),
    };
}

function withValueAt(target: PropertyValue, path: PropertyPath, source: PropertyValue | undefined): PropertyValue {
    const [part, ...rest] = path;
    if (part === undefined) {
        return source ?? target;
    }
    if (isSecret(target)) {
        return { ...target, value: withValueAt(target.value, path, source) };
    }
    const from = isSecret(source) ? source.value : source;
    if (Array.isArray(target)) {
        const items = target as readonly PropertyValue[];
        const olds = Array.isArray(from) ? (from as readonly PropertyValue[]) : [];
        return items.map((item, index) =>
            part === "*" || part === index ? withValueAt(item, rest, olds[index]) : item,
        );
    }
    if (!isMap(target)) {
        return target;
    }
    const olds = isMap(from) ? from : {};
    const keys = part === "*" ? new Set([...Object.keys(target), ...Object.keys(olds)]) : [String(part)];
    const result = new Map(Object.entries(target));
    for (const key of keys) {
        const [old, current] = [own(olds, key), result.get(key)];
        if (old === undefined && rest.length === 0) {
            result.delete(key);
        } else if (current !== undefined) {
            result.set(key, withValueAt(current, rest, old));
        } else if (old !== undefined && rest.length === 0) {
            result.set(key, old);
        }
    }
    return Object.fromEntries(result);
}

/** `ignoreChanges`: the named inputs keep their old values. */
export function ignoreChanges(inputs: PropertyMap, oldInputs: PropertyMap, paths: readonly string[]): PropertyMap {
    let result: PropertyValue = inputs;
    for (const text of paths) {
        const path = parsePath(text);
        if (path !== undefined && path.length > 0) {
            result = withValueAt(result, path, oldInputs);
        }
    }
    return isMap(result) ? result : inputs;
}

/** `replaceOnChanges`: a change of the named properties replaces the resource, whatever the provider says. */
export function replaceOnChanges(diff: DiffResult, paths: readonly string[], hasInitErrors: boolean): DiffResult {
    const triggers = paths.map(parsePath).filter((path) => path !== undefined);
    const triggered = (text: string): boolean => {
        const path = parsePath(text) ?? [text];
        return triggers.some((trigger) => contains(trigger, path));
    };
    const unhealthy = hasInitErrors && triggered("initErrors") ? ["initErrors"] : [];
    if (triggers.length === 0 || (!diff.changes && unhealthy.length === 0)) {
        return diff;
    }
    return {
        ...diff,
        changes: true,
        replaceKeys: [...new Set([...diff.replaceKeys, ...diff.changedKeys.filter(triggered), ...unhealthy])],
        detailed: Object.fromEntries(
            Object.entries(diff.detailed).map(([path, difference]) => [
                path,
                triggered(path) ? { ...difference, replaces: true } : difference,
            ]),
        ),
    };
}

/** Serialised code of dynamic providers: changes count, but nobody wants to see the text. */
const unreadable = "__provider";

interface Sides {
    readonly inputs: PropertyMap;
    readonly outputs: PropertyMap;
}

/** The differences as people see them: values taken from both sides, secrets masked. */
export function describeDiff(diff: DiffResult, before: Sides, after: PropertyMap): PropertyDiff[] {
    const known = Object.keys(diff.detailed).length > 0 ? diff.detailed : diffInputs(before.inputs, after).detailed;
    const listed = new Set(Object.keys(known).map((path) => String(parsePath(path)?.[0] ?? path)));
    const all = Object.entries(known).map(([path, difference]) => ({ path, ...difference }));
    for (const key of new Set([...diff.replaceKeys, ...diff.changedKeys])) {
        if (!listed.has(key)) {
            all.push({ path: key, kind: "update", replaces: diff.replaceKeys.includes(key), inputs: true });
        }
    }
    return all.map(({ path, kind, replaces, inputs }) => {
        const parts = parsePath(path) ?? [path];
        const root = String(parts[0] ?? "");
        const show = (side: PropertyMap): PropertyValue | undefined => {
            const value = root === unreadable ? undefined : valueAt(side, parts);
            const hidden =
                isSecret(side[root]) || parts.some((_, index) => isSecret(valueAt(side, parts.slice(0, index))));
            return value === undefined ? undefined : hidden ? "[secret]" : masked(value);
        };
        const [old, next] = [show(inputs ? before.inputs : before.outputs), show(after)];
        return {
            path,
            kind,
            replaces: replaces || diff.replaceKeys.includes(root),
            ...(old === undefined ? {} : { before: old }),
            ...(next === undefined ? {} : { after: next }),
        };
    });
}

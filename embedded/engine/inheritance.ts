// Options that children take over from their parents: provider, protection and retention.
import type { Goal } from "./goal.ts";
import { withVersion } from "./registry.ts";
import { isProviderType, packageOf, parseReference, providerType } from "./urn.ts";

/**
 * The goal with all that it did not say itself.
 * @param goals - by URN, what has been registered before
 * @param ofParent - the reference to the provider of its parent, or nothing
 */
export function inherit(goal: Goal, goals: ReadonlyMap<string, Goal>, ofParent: string): Goal {
    const parent = goals.get(goal.parent);
    const isManaged = goal.custom && !isProviderType(goal.type);
    return {
        ...goal,
        inputs: isProviderType(goal.type) ? withVersion(goal.inputs, goal.version) : goal.inputs,
        provider: goal.provider || !isManaged ? goal.provider : providerFor(goal, goals, ofParent),
        protect: goal.protect ?? parent?.protect,
        retainOnDelete: goal.retainOnDelete ?? parent?.retainOnDelete,
    };
}

function providerFor(goal: Goal, goals: ReadonlyMap<string, Goal>, ofParent: string): string {
    const pkg = packageOf(goal.type);
    const own = goal.providers[pkg];
    if (own) return own;
    if (ofParent && parseReference(ofParent).urn.includes(`::${providerType(pkg)}::`)) return ofParent;
    for (let next = goals.get(goal.parent); next; next = goals.get(next.parent)) {
        const named = next.providers[pkg];
        if (named) return named;
    }
    return "";
}

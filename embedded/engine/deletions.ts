// Deletes what is no longer wanted, dependents before what they depend on, otherwise side by side.
import type { ResourceState } from "../state/checkpoint.ts";
import { type Operation, Stopped } from "./operation.ts";
import * as steps from "./steps.ts";
import { parseReference } from "./urn.ts";

/** The URNs that a resource cannot do without: parent, dependencies and provider. */
function needsOf(state: ResourceState): Set<string> {
    const needs = [
        ...(state.dependencies ?? []),
        ...Object.values(state.propertyDependencies ?? {}).flat(),
        ...(state.parent ? [state.parent] : []),
        ...(state.provider ? [parseReference(state.provider).urn] : []),
    ];
    return new Set(needs);
}

/** `states` must be in the order of the state file, in which everything stands behind what it depends on. */
export async function deleteAll(operation: Operation, states: readonly ResourceState[]): Promise<void> {
    const deletions = new Map<ResourceState, Promise<void>>();
    for (const [index, state] of [...states.entries()].reverse()) {
        const dependents = states
            .slice(index + 1)
            .filter((other) => other.urn !== state.urn && needsOf(other).has(state.urn))
            .flatMap((other) => deletions.get(other) ?? []);
        const deletion = Promise.all(dependents).then(() =>
            steps.remove(operation, state, { replaced: state.delete ?? false, keep: false }),
        );
        deletions.set(state, deletion);
    }
    const results = await Promise.allSettled(deletions.values());
    for (const result of results) {
        if (result.status === "rejected" && !(result.reason instanceof Stopped)) {
            throw result.reason;
        }
    }
}

/** After the program has ended well: what it did not register, and what replacements have left. */
export async function deleteLeftovers(operation: Operation, registered: ReadonlySet<string>): Promise<void> {
    const { journal } = operation;
    const condemned: ResourceState[] = [];
    for (const state of journal.resources) {
        if (!journal.base.resources.includes(state)) {
            continue;
        }
        if (state.pendingReplacement && !registered.has(state.urn)) {
            // Deleted already, and nobody asks for its replacement any more.
            journal.apply({ remove: state });
        } else if (state.delete || !registered.has(state.urn)) {
            condemned.push(state);
        }
    }
    await deleteAll(operation, condemned);
}

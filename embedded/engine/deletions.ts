// Deletes what is no longer wanted, dependents before what they depend on, otherwise side by side.
import type { ResourceState } from "../state/checkpoint.ts";
import { needsOf } from "./needs.ts";
import { type Operation, Stopped } from "./operation.ts";
import * as steps from "./steps.ts";

/** `states` must be in the order of the state file, in which everything stands behind what it depends on. */
export async function deleteAll(operation: Operation, states: readonly ResourceState[]): Promise<void> {
    const deletions: Promise<void>[] = [];
    const dependents = new Map<string, Promise<void>[]>();
    for (const state of [...states].reverse()) {
        const deletion = Promise.all(dependents.get(state.urn) ?? []).then(() =>
            steps.remove(operation, state, { replaced: state.delete ?? false, keep: false }),
        );
        deletions.push(deletion);
        for (const urn of needsOf(state)) {
            const others = dependents.get(urn) ?? [];
            others.push(deletion);
            dependents.set(urn, others);
        }
    }
    const results = await Promise.allSettled(deletions);
    for (const result of results) {
        if (result.status === "rejected" && !(result.reason instanceof Stopped)) {
            throw result.reason;
        }
    }
}

/** After the program has ended well: what it did not register, and what replacements have left. */
export async function deleteLeftovers(operation: Operation, registered: ReadonlySet<string>): Promise<void> {
    const { journal, selection } = operation;
    const before = new Set(journal.base.resources);
    const leftovers = journal.resources.filter(
        (state) => before.has(state) && (state.delete || !registered.has(state.urn)),
    );
    const condemned: ResourceState[] = [];
    for (const state of selection.deletable(leftovers, journal.base.resources)) {
        if (state.pendingReplacement && !registered.has(state.urn)) {
            // Deleted already, and nobody asks for its replacement any more.
            journal.apply({ remove: state });
        } else {
            condemned.push(state);
        }
    }
    await deleteAll(operation, condemned);
}

// What a resource cannot do without, whose deletion would take it along: parent, dependencies and provider.
import type { ResourceState } from "../state/checkpoint.ts";
import { parseReference } from "./urn.ts";

/** As URNs. */
export function needsOf(state: ResourceState): ReadonlySet<string> {
    const needs = [
        ...(state.dependencies ?? []),
        ...Object.values(state.propertyDependencies ?? {}).flat(),
        ...(state.parent ? [state.parent] : []),
        ...(state.provider ? [parseReference(state.provider).urn] : []),
    ];
    return new Set(needs);
}

export function needsAny(state: ResourceState, urns: ReadonlySet<string>): boolean {
    return [...needsOf(state)].some((urn) => urns.has(urn));
}

/** The URNs found so far and those that match, with all that depends on them; `states` in the order of the state. */
export function withDependents(
    states: readonly ResourceState[],
    matches: (urn: string) => boolean,
    found = new Set<string>(),
): Set<string> {
    for (const state of states) {
        if (matches(state.urn) || needsAny(state, found)) {
            found.add(state.urn);
        }
    }
    return found;
}

/** The resource with other URNs for what it names, but for its provider; those without a new one are left out. */
export function relinked(state: ResourceState, nameOf: (urn: string) => string | undefined): ResourceState {
    const { parent = "", dependencies = [], propertyDependencies = {} } = state;
    const all = (urns: readonly string[]): readonly string[] => urns.flatMap((urn) => nameOf(urn) ?? []);
    const byProperty = Object.entries(propertyDependencies).map(([key, urns]) => [key, all(urns)] as const);
    return {
        ...state,
        parent: nameOf(parent) ?? "",
        dependencies: all(dependencies),
        propertyDependencies: Object.fromEntries(byProperty),
    };
}

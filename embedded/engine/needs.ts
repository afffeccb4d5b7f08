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

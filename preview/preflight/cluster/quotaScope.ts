// Which quotas count the training pod: https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
import type { V1PodSpec, V1ResourceQuotaSpec, V1ScopedResourceSelectorRequirement } from "@kubernetes/client-node";
import type { Plain } from "../../../pipeline/training/clusterObjects.ts";

type QuotaSpec = Plain<V1ResourceQuotaSpec>;
type PodSpec = Plain<V1PodSpec>;
type Scope = Plain<V1ScopedResourceSelectorRequirement>;

/** A quota with scopes counts pods that match all of them, and nothing but pods. */
export function countsPod(quota: QuotaSpec | undefined, pod: PodSpec): boolean {
    return scopesOf(quota).every((scope) => matches(scope, pod));
}

export function hasScopes(quota: QuotaSpec | undefined): boolean {
    return scopesOf(quota).length > 0;
}

function scopesOf(quota: QuotaSpec | undefined): Scope[] {
    const plain = (quota?.scopes ?? []).map((scopeName) => ({ scopeName, operator: "Exists" }));
    return [...plain, ...(quota?.scopeSelector?.matchExpressions ?? [])];
}

/** The pod asks for resources, so it is not of the class BestEffort. */
function matches({ scopeName, operator, values = [] }: Scope, pod: PodSpec): boolean {
    switch (scopeName) {
        case "NotBestEffort":
            return true;
        case "Terminating":
            return pod.activeDeadlineSeconds !== undefined;
        case "NotTerminating":
            return pod.activeDeadlineSeconds === undefined;
        case "PriorityClass":
            return matchesPriority(operator, values, pod.priorityClassName);
        default:
            return false;
    }
}

function matchesPriority(operator: string, values: readonly string[], name: string | undefined): boolean {
    switch (operator) {
        case "In":
            return name !== undefined && values.includes(name);
        case "NotIn":
            return name === undefined || !values.includes(name);
        case "DoesNotExist":
            return name === undefined;
        default:
            return name !== undefined;
    }
}

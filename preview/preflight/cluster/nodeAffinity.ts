// Which nodes a pod may go to at all: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
import type { V1Node, V1NodeSelectorRequirement, V1NodeSelectorTerm, V1PodSpec } from "@kubernetes/client-node";
import type { Plain } from "../../../pipeline/training/clusterObjects.ts";

type Node = Plain<Pick<V1Node, "metadata">>;
type PodSpec = Plain<Pick<V1PodSpec, "nodeSelector" | "affinity">>;
type Requirement = Plain<V1NodeSelectorRequirement>;
type Term = Plain<V1NodeSelectorTerm>;
type Labels = Readonly<Record<string, string>>;

export function selects({ nodeSelector = {} }: Pick<PodSpec, "nodeSelector">, { metadata }: Node): boolean {
    const labels: Labels = metadata?.labels ?? {};
    return Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);
}

export function requiredTerms({ affinity }: Pick<PodSpec, "affinity">): readonly Term[] | undefined {
    return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
}

/** One term is enough, and all of it must hold; an empty one holds for no node. */
export function allows(spec: Pick<PodSpec, "affinity">, { metadata }: Node): boolean {
    const fields = { "metadata.name": metadata?.name ?? "" };
    return (
        requiredTerms(spec)?.some(({ matchExpressions = [], matchFields = [] }) => {
            const isEmpty = matchExpressions.length + matchFields.length === 0;
            return (
                !isEmpty &&
                matchExpressions.every((one) => holds(one, metadata?.labels ?? {})) &&
                matchFields.every((one) => holds(one, fields))
            );
        }) ?? true
    );
}

function holds({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
    const value = labels[key];
    const [bound] = values.map(wholeNumber);
    switch (operator) {
        case "In":
            return value !== undefined && values.includes(value);
        case "NotIn":
            return value === undefined || !values.includes(value);
        case "Exists":
            return value !== undefined;
        case "DoesNotExist":
            return value === undefined;
        case "Gt":
            return value !== undefined && wholeNumber(value) > (bound ?? Number.NaN);
        case "Lt":
            return value !== undefined && wholeNumber(value) < (bound ?? Number.NaN);
        default:
            return false;
    }
}

/** NaN, which no comparison holds for, when it is none. */
function wholeNumber(text: string): number {
    return /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
}

// Merges what the user adds to the training pod into its template, the way `kubectl patch` does.
import * as pulumi from "@pulumi/pulumi";

type Tree = Readonly<Record<string, unknown>>;

/**
 * Lists whose items have an identity, and the field that holds it; other lists are replaced as a whole.
 * See https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
 */
const mergeKeys: Readonly<Record<string, string>> = {
    containers: "name",
    initContainers: "name",
    volumes: "name",
    env: "name",
    imagePullSecrets: "name",
    volumeMounts: "mountPath",
    ports: "containerPort",
};

/** Objects are merged, lists of named items are merged by name, `null` removes; everything else is replaced. */
export function mergePodTemplate<T extends object>(template: T, patch: Tree | undefined): T {
    return patch === undefined ? template : (mergeTrees(template as Tree, patch) as T);
}

function mergeTrees(base: Tree, patch: Tree): Tree {
    const merged: Record<string, unknown> = { ...base };
    for (const [key, value] of Object.entries(patch)) {
        if (value === null) {
            delete merged[key];
        } else {
            merged[key] = mergeValues(key, merged[key], value);
        }
    }
    return merged;
}

function mergeValues(key: string, base: unknown, patch: unknown): unknown {
    if (isTree(base) && isTree(patch)) {
        return mergeTrees(base, patch);
    }
    const mergeKey = mergeKeys[key];
    if (mergeKey !== undefined && Array.isArray(base) && Array.isArray(patch)) {
        return mergeLists(mergeKey, base, patch);
    }
    return patch;
}

function mergeLists(mergeKey: string, base: readonly unknown[], patch: readonly unknown[]): unknown[] {
    const identity = (item: unknown) => (isTree(item) ? item[mergeKey] : undefined);
    const changes = new Map(patch.map((item) => [identity(item), item]));
    const changed = base.map((item) => {
        const change = changes.get(identity(item));
        return isTree(item) && isTree(change) ? mergeTrees(item, change) : item;
    });
    const present = new Set(base.map(identity));
    return [...changed, ...patch.filter((item) => !present.has(identity(item)))];
}

/** A value that is known only later is a leaf: it is replaced, never looked into. */
function isTree(value: unknown): value is Tree {
    return typeof value === "object" && value !== null && !Array.isArray(value) && !pulumi.Output.isInstance(value);
}

// Which properties of a kind cannot change in place: the rules of Pulumi's own provider.
import type { PropertyPath } from "../../engine/propertyPath.ts";
import type { PropertyMap } from "../../state/propertyValues.ts";
import { text } from "../provider.ts";

/** Which kinds have their data changed in place although pods read it only when they start. */
export interface Mutable {
    readonly secret: boolean;
    readonly configMap: boolean;
}

const statefulSet = ["podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates"];
const volumeSources = ["cephfs", "csi", "fc", "flexVolume", "glusterfs", "hostPath", "iscsi", "local", "nfs", "rbd"];

/** By API group and kind; the group of the core kinds is empty. */
const immutable: Readonly<Record<string, readonly string[]>> = {
    "/PersistentVolume": volumeSources.map((source) => `spec.${source}`),
    "/PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
    "/Pod": ["spec"],
    "/ResourceQuota": ["spec.scopes"],
    "/Service": ["spec.clusterIP"],
    "apps/DaemonSet": ["spec.selector"],
    "apps/Deployment": ["spec.selector"],
    "apps/StatefulSet": statefulSet.map((property) => `spec.${property}`),
    "batch/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
    "policy/PodDisruptionBudget": ["spec"],
    "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
    "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
    "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
};

export function replaces(path: PropertyPath, object: PropertyMap, mutable: Mutable): boolean {
    const properties = ["metadata.name", "metadata.namespace", ...immutableOf(object, mutable)];
    return properties.some((property) => {
        const names = property.split(".");
        // A change of what holds the property changes the property too.
        return names.every((name, index) => index >= path.length || path[index] === name);
    });
}

function immutableOf(object: PropertyMap, mutable: Mutable): readonly string[] {
    const [group = ""] = text(object, "apiVersion").split("/").slice(0, -1);
    const kind = `${group}/${text(object, "kind")}`;
    const frozen = object.immutable === true;
    if (kind === "/Secret") return mutable.secret && !frozen ? ["type"] : ["type", "data", "stringData"];
    if (kind === "/ConfigMap") return mutable.configMap && !frozen ? [] : ["data", "binaryData"];
    return immutable[kind] ?? [];
}

// Names and labels of everything an experiment makes on the cluster.
import { createHash } from "node:crypto";

/** What tells one experiment from another, also between two users of one namespace. */
export interface ExperimentIdentity {
    /** The stack's name. */
    readonly experiment: string;
    /** URI of the run directory; no two experiments can share it. */
    readonly runDir: string;
}

// Pod names and the job-name label are cut from a Job's name: https://kubernetes.io/docs/concepts/workloads/controllers/job/
const maxNameLength = 63;

/**
 * The name of a Kubernetes object of an experiment. It is fixed rather than generated, so that a changed Secret is
 * updated in place: a new name would edit the pod template, and that would restart the training.
 */
export function objectName(identity: ExperimentIdentity, role?: string): string {
    const hash = createHash("sha256").update(`${identity.experiment}\n${identity.runDir}`).digest("hex").slice(0, 8);
    const suffix = role === undefined ? hash : `${hash}-${role}`;
    const room = maxNameLength - "aframe--".length - suffix.length;
    const words = identity.experiment
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .slice(0, room)
        .replace(/^-+|-+$/g, "");
    return ["aframe", words, suffix].filter((part) => part !== "").join("-");
}

/** Kubernetes' recommended labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function objectLabels(identity: ExperimentIdentity): Record<string, string> {
    return {
        "app.kubernetes.io/name": "aframe",
        "app.kubernetes.io/instance": objectName(identity),
        "app.kubernetes.io/managed-by": "pulumi",
    };
}

/** What does not fit a label's alphabet, such as the stack's name as the user wrote it. */
export function objectAnnotations(identity: ExperimentIdentity): Record<string, string> {
    return { "aframe/experiment": identity.experiment, "aframe/run-dir": identity.runDir };
}

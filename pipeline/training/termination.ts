// Why a pod ended, in plain words.
import type { ContainerStatus, Pod, PodCondition, Terminated } from "./clusterObjects.ts";
import { containerStatuses } from "./pods.ts";

export interface Termination {
    readonly pod: string;
    /** Absent when the pod was ended as a whole. */
    readonly container?: string;
    readonly reason: string;
}

/** Exit codes of ours; components/podLayout.ts and the pod's scripts have the same list. */
const exitCodes: Readonly<Record<number, string>> = {
    81: "the data on S3 are not the data this experiment made",
    82: "S3 refused the credentials, or has no such bucket or manifest",
    83: "the code in the pod is not the pinned commit",
    84: "the pod was started without what its scripts need",
    137: "it was killed, usually for using more memory than it asked for",
    143: "it was told to stop",
};

/** Why kubelet ended a pod as a whole; its containers only say that they were told to stop. */
const podReasons: Readonly<Record<string, string>> = {
    Evicted: "it was evicted",
    DeadlineExceeded: "it ran into its deadline (the pod's activeDeadlineSeconds)",
};

/** See https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
const disruptions: Readonly<Record<string, string>> = {
    PreemptionByScheduler: "it had to make room for a pod of higher priority",
    EvictionByEvictionAPI: "it had to leave its node, as for maintenance",
    DeletionByTaintManager: "its node does not answer, or was taken out of use",
    DeletionByPodGC: "its node is gone",
    TerminationByKubelet: "its node shut down, or ran short of resources",
};

/** Why something from outside ends the pod; no fault of the training's. */
export function disruptionOf(pod: Pod): PodCondition | undefined {
    return pod.status?.conditions?.find((c) => c.type === "DisruptionTarget" && c.status === "True");
}

export function describeDisruption({ reason = "", message }: PodCondition): string {
    return `${disruptions[reason] ?? "it was disrupted"}, which costs no retry: ${message?.trim() ?? reason}`;
}

/** Undefined while the pod runs, and for one that ended well. */
export function terminationOf(pod: Pod): Termination | undefined {
    const name = pod.metadata?.name ?? "";
    const disruption = disruptionOf(pod);
    if (disruption !== undefined) {
        return { pod: name, reason: describeDisruption(disruption) };
    }
    const whole = podReasons[pod.status?.reason ?? ""];
    if (whole !== undefined) {
        return { pod: name, reason: `${whole}: ${pod.status?.message?.trim() ?? ""}` };
    }
    const status = failedStatus(pod);
    const terminated = status && terminatedState(status);
    if (status !== undefined && terminated !== undefined) {
        return { pod: name, container: status.name, reason: describeExit(status.name, terminated) };
    }
    return pod.status?.phase === "Failed" && pod.status.reason !== undefined
        ? { pod: name, reason: `${pod.status.reason}: ${pod.status.message ?? ""}` }
        : undefined;
}

/** `container train of pod x: out of memory …`. */
export function describeTermination(termination: Termination | undefined): string | undefined {
    if (termination === undefined) {
        return undefined;
    }
    const { container, pod, reason } = termination;
    return `${container === undefined ? `pod ${pod}` : `container ${container} of pod ${pod}`}: ${reason}`;
}

export function failedContainer(pod: Pod): string | undefined {
    return failedStatus(pod)?.name;
}

function failedStatus(pod: Pod): ContainerStatus | undefined {
    return containerStatuses(pod).find((status) => (terminatedState(status)?.exitCode ?? 0) !== 0);
}

function terminatedState(status: ContainerStatus): Terminated | undefined {
    return status.state?.terminated ?? status.lastState?.terminated;
}

function describeExit(container: string, { exitCode, reason, message }: Terminated): string {
    if (reason === "OOMKilled") {
        const advice = container === "train" ? "raise memory_per_cpu" : "raise its limit by aframe:podTemplatePatch";
        return `out of memory (exit code ${exitCode}); ${advice}`;
    }
    const meaning = exitCodes[exitCode] ?? (container === "git-sync" ? "the code could not be fetched" : undefined);
    const words = [`exit code ${exitCode}`, ...(meaning === undefined ? [] : [meaning])].join(", ");
    return message === undefined ? words : `${words}: ${message.trim()}`;
}

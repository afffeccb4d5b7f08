// Why a pod ended, in plain words.
import type { ContainerStatus, Pod, Terminated } from "./clusterObjects.ts";

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

/** Undefined while the pod runs, and for one that ended well. */
export function terminationOf(pod: Pod): Termination | undefined {
    const name = pod.metadata?.name ?? "";
    const disruption = pod.status?.conditions?.find((c) => c.type === "DisruptionTarget" && c.status === "True");
    if (disruption !== undefined) {
        return { pod: name, reason: `it was disrupted: ${disruption.message ?? disruption.reason ?? ""}` };
    }
    if (pod.status?.reason === "Evicted") {
        return { pod: name, reason: `it was evicted: ${pod.status.message ?? ""}` };
    }
    const status = failedStatus(pod);
    const terminated = status && terminatedState(status);
    if (status !== undefined && terminated !== undefined) {
        return { pod: name, container: status.name, reason: describeExit(terminated) };
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
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    return statuses.find((status) => (terminatedState(status)?.exitCode ?? 0) !== 0);
}

function terminatedState(status: ContainerStatus): Terminated | undefined {
    return status.state?.terminated ?? status.lastState?.terminated;
}

function describeExit({ exitCode, reason, message }: Terminated): string {
    if (reason === "OOMKilled") {
        return `out of memory (exit code ${exitCode}); raise memory_per_cpu`;
    }
    const meaning = exitCodes[exitCode];
    const words = [`exit code ${exitCode}`, ...(meaning === undefined ? [] : [meaning])].join(", ");
    return message === undefined ? words : `${words}: ${message.trim()}`;
}

// Says how a pod that is not over is doing.
import type { ContainerStatus, Pod } from "./clusterObjects.ts";
import { containerStatuses } from "./pods.ts";
import { describePreparation, describeStuck, isStuck } from "./preparation.ts";
import { logsOf, type TrainingStatus, withSince } from "./status.ts";
import { describeDisruption, describeTermination, disruptionOf, terminationOf } from "./termination.ts";

/** `note` says why there was an earlier pod. */
export function classifyPod(pod: Pod, note: string): TrainingStatus {
    const scheduling = pod.status?.conditions?.find((c) => c.type === "PodScheduled");
    if (scheduling?.status === "False") {
        const reason = `waiting for a node with free resources: ${scheduling.message ?? scheduling.reason ?? ""}${note}`;
        return withSince({ state: "waiting", reason }, pod.metadata?.creationTimestamp);
    }
    // A busy scheduler has not looked at it yet, so nothing is being pulled anywhere.
    if (scheduling === undefined && containerStatuses(pod).length === 0) {
        const reason = `waiting for the cluster to find a node${note}`;
        return withSince({ state: "waiting", reason }, pod.metadata?.creationTimestamp);
    }
    if (pod.metadata?.deletionTimestamp !== undefined || disruptionOf(pod) !== undefined) {
        return classifyLeavingPod(pod);
    }
    const cause = describeTermination(terminationOf(pod));
    if (cause !== undefined) {
        return { state: "waiting", reason: `a pod is ending: ${cause}`, ...logsOf(pod) };
    }
    const stuck = containerStatuses(pod).find(isStuck);
    if (stuck !== undefined) {
        return withSince(
            { state: "blocked", reason: `${describeStuck(stuck)}${note}`, ...logsOf(pod) },
            pod.status?.startTime,
        );
    }
    const running = pod.status?.containerStatuses?.find((status) => status.state?.running !== undefined);
    if (running !== undefined) {
        const where = `training in pod ${podName(pod)}${isSilent(pod, running) ? ", whose node does not answer" : ""}`;
        const status = { state: "training" as const, reason: `${where}${note}`, ...logsOf(pod) };
        return withSince(status, running.state?.running?.startedAt);
    }
    return withSince({ state: "preparing", reason: `${describePreparation(pod)}${note}` }, pod.status?.startTime);
}

/** A pod on its way out; where its node is lost it stays so until the node is back or removed. */
function classifyLeavingPod(pod: Pod): TrainingStatus {
    const disruption = disruptionOf(pod);
    const cause = disruption === undefined ? "it is being deleted" : describeDisruption(disruption);
    const next =
        disruption?.reason === "DeletionByTaintManager"
            ? "another one follows once the node answers again or is removed"
            : "another one follows";
    const status = { state: "waiting" as const, reason: `pod ${podName(pod)}: ${cause}; ${next}`, ...logsOf(pod) };
    return withSince(status, pod.metadata?.deletionTimestamp);
}

/** A node that is lost cannot say so: its pod is marked as not ready from elsewhere, while its container still is. */
function isSilent(pod: Pod, { ready }: ContainerStatus): boolean {
    return ready && pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "False") === true;
}

function podName(pod: Pod): string {
    return pod.metadata?.name ?? "";
}

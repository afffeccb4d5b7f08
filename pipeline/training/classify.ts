// Says in plain words how a training Job is doing. Pure: cluster objects in, one status out.
import { classifyPod } from "./classifyPod.ts";
import type { ClusterEvent, Job, JobCondition, Pod } from "./clusterObjects.ts";
import { newest } from "./pods.ts";
import { logsOf, type TrainingStatus, withSince } from "./status.ts";
import { describeTermination, terminationOf } from "./termination.ts";

export interface TrainingObjects {
    /** Absent when the cluster has no such Job. */
    readonly job?: Job;
    /** Pods of the Job, also failed ones of earlier tries. */
    readonly pods: readonly Pod[];
    /** Events about the Job and its pods. */
    readonly events: readonly ClusterEvent[];
}

export function classify({ job, pods, events }: TrainingObjects): TrainingStatus {
    if (job === undefined) {
        return { state: "gone", reason: "the Job is not on the cluster any more" };
    }
    const condition = (type: string) => job.status?.conditions?.find((c) => c.type === type && c.status === "True");
    const complete = condition("Complete") ?? condition("SuccessCriteriaMet");
    if (complete !== undefined) {
        const status = {
            state: "succeeded" as const,
            reason: "training finished",
            ...logsOf(newest(pods.filter(isOver))),
        };
        return withSince(status, complete.lastTransitionTime);
    }
    const failed = condition("Failed") ?? condition("FailureTarget");
    if (failed !== undefined) {
        return classifyFailedJob(failed, pods);
    }
    if (job.metadata?.deletionTimestamp !== undefined) {
        return withSince({ state: "waiting", reason: "the Job is being deleted" }, job.metadata.deletionTimestamp);
    }
    const pod = newest(pods.filter((candidate) => !isOver(candidate)));
    const status = pod === undefined ? classifyWithoutPod(job, pods, events) : classifyPod(pod, retryNote(pods));
    return { ...status, ...failureBefore(pods) };
}

function classifyFailedJob(condition: JobCondition, pods: readonly Pod[]): TrainingStatus {
    // A deadline ends the pod that runs, whatever became of those before it.
    const isDeadline = condition.reason === "DeadlineExceeded";
    const pod = newest(isDeadline ? pods : pods.filter(isOver));
    const termination = pod && !isDeadline ? terminationOf(pod) : undefined;
    const cause = describeTermination(termination) ?? condition.message ?? condition.reason ?? "no cause is given";
    const status = { state: "failed" as const, reason: `${jobVerdict(condition)}: ${cause}`, ...logsOf(pod) };
    return withSince(status, condition.lastTransitionTime);
}

function jobVerdict({ reason }: JobCondition): string {
    switch (reason) {
        case "BackoffLimitExceeded":
            return "training failed after its last retry";
        case "PodFailurePolicy":
            return "training failed in a way that trying again cannot heal";
        case "DeadlineExceeded":
            return "training ran into its deadline (activeDeadlineSeconds, which counts waiting too)";
        default:
            return "training failed";
    }
}

function classifyWithoutPod(job: Job, pods: readonly Pod[], events: readonly ClusterEvent[]): TrainingStatus {
    if (job.spec?.suspend === true) {
        return withSince({ state: "waiting", reason: "the Job is suspended" }, job.metadata?.creationTimestamp);
    }
    const refusal = newestEvent(
        events,
        (event) =>
            event.involvedObject.kind === "Job" && event.reason === "FailedCreate" && isLater(event, newest(pods)),
    );
    if (refusal !== undefined) {
        const quota = /exceeded quota/i.test(refusal.message ?? "");
        const reason = quota
            ? `waiting for the namespace's quota: ${refusal.message ?? ""}`
            : `the cluster refuses the pod: ${refusal.message ?? ""}`;
        return withSince({ state: quota ? "waiting" : "blocked", reason }, refusal.firstTimestamp ?? refusal.eventTime);
    }
    const last = newest(pods);
    if (last?.status?.phase === "Succeeded") {
        return { state: "training", reason: "training has ended, and its Job is about to", ...logsOf(last) };
    }
    const cause = last && isCounted(last) ? undefined : describeTermination(last && terminationOf(last));
    if (cause !== undefined) {
        return { state: "waiting", reason: `a pod has ended: ${cause}`, ...logsOf(last) };
    }
    const note = retryNote(pods);
    const reason = note === "" ? "waiting for the cluster to make a pod" : `waiting for the next try${note}`;
    return withSince({ state: "waiting", reason }, job.status?.startTime ?? job.metadata?.creationTimestamp);
}

/** Whether the Job has drawn its conclusions from a pod's end, so that another try is sure to come. */
function isCounted({ metadata }: Pod): boolean {
    return metadata?.finalizers?.includes("batch.kubernetes.io/job-tracking") !== true;
}

function failureBefore(pods: readonly Pod[]): Pick<TrainingStatus, "before"> {
    const last = newest(pods.filter(isOver));
    const { pod, container } = (last && terminationOf(last)) ?? {};
    return pod === undefined || container === undefined ? {} : { before: { pod, container } };
}

/** Why there was an earlier pod. */
function retryNote(pods: readonly Pod[]): string {
    const over = pods.filter(isOver);
    const last = newest(over);
    const cause = last && describeTermination(terminationOf(last));
    return cause === undefined ? "" : `; an earlier pod ended: ${cause}`;
}

function isOver(pod: Pod): boolean {
    return pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded";
}

function newestEvent(
    events: readonly ClusterEvent[],
    wanted: (event: ClusterEvent) => boolean,
): ClusterEvent | undefined {
    return events.filter(wanted).sort((a, b) => timeOf(b) - timeOf(a))[0];
}

/** Events stay for an hour: one from before the last pod was made tells nothing of the next. */
function isLater(event: ClusterEvent, pod: Pod | undefined): boolean {
    return timeOf(event) >= new Date(pod?.metadata?.creationTimestamp ?? 0).getTime();
}

function timeOf(event: ClusterEvent): number {
    return new Date(event.lastTimestamp ?? event.eventTime ?? 0).getTime();
}

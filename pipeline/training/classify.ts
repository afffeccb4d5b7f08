// Says in plain words how a training Job is doing. Pure: cluster objects in, one status out.
import type { ClusterEvent, ContainerStatus, Job, JobCondition, Pod } from "./clusterObjects.ts";
import { describeTermination, failedContainer, type Termination, terminationOf } from "./termination.ts";

export interface TrainingObjects {
    /** Absent when the cluster has no such Job. */
    readonly job?: Job;
    /** Pods of the Job, also failed ones of earlier tries. */
    readonly pods: readonly Pod[];
    /** Events about the Job and its pods. */
    readonly events: readonly ClusterEvent[];
}

export type TrainingState =
    /** No node is free, or the namespace's quota is used up: normal on a shared cluster. */
    | "waiting"
    /** Images are pulled, code and data are brought. */
    | "preparing"
    | "training"
    /** Kubernetes keeps trying, but only a person can help. */
    | "blocked"
    | "succeeded"
    | "failed"
    | "gone";

export interface TrainingStatus {
    readonly state: TrainingState;
    /** One sentence for people; stays the same while nothing changes. */
    readonly reason: string;
    /** Since when. */
    readonly since?: Date;
    /** Where the last words of the run are. */
    readonly logs?: { readonly pod: string; readonly container: string };
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
    const pod = newest(pods.filter((candidate) => !isOver(candidate)));
    return pod === undefined ? classifyWithoutPod(job, pods, events) : classifyPod(pod, retryNote(pods));
}

function classifyFailedJob(condition: JobCondition, pods: readonly Pod[]): TrainingStatus {
    const pod = newest(pods.filter(isOver));
    const termination = pod && terminationOf(pod);
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
        (event) => event.involvedObject.kind === "Job" && event.reason === "FailedCreate",
    );
    if (refusal !== undefined) {
        const quota = /exceeded quota/i.test(refusal.message ?? "");
        const reason = quota
            ? `waiting for the namespace's quota: ${refusal.message ?? ""}`
            : `the cluster refuses the pod: ${refusal.message ?? ""}`;
        return withSince({ state: quota ? "waiting" : "blocked", reason }, refusal.firstTimestamp ?? refusal.eventTime);
    }
    const note = retryNote(pods);
    const reason = note === "" ? "waiting for the cluster to make a pod" : `waiting for the next try${note}`;
    return withSince({ state: "waiting", reason }, job.status?.startTime ?? job.metadata?.creationTimestamp);
}

function classifyPod(pod: Pod, note: string): TrainingStatus {
    const scheduling = pod.status?.conditions?.find((c) => c.type === "PodScheduled");
    if (scheduling?.status === "False") {
        const reason = `waiting for a node with free resources: ${scheduling.message ?? scheduling.reason ?? ""}${note}`;
        return withSince({ state: "waiting", reason }, pod.metadata?.creationTimestamp);
    }
    // A busy scheduler has not looked at it yet, so nothing is being pulled anywhere.
    if (scheduling === undefined && allStatuses(pod).length === 0) {
        const reason = `waiting for the cluster to find a node${note}`;
        return withSince({ state: "waiting", reason }, pod.metadata?.creationTimestamp);
    }
    const stuck = allStatuses(pod).find(isStuck);
    if (stuck !== undefined) {
        return withSince(
            { state: "blocked", reason: `${describeStuck(stuck)}${note}`, ...logsOf(pod) },
            pod.status?.startTime,
        );
    }
    const running = pod.status?.containerStatuses?.find((status) => status.state?.running !== undefined);
    if (running !== undefined) {
        const status = { state: "training" as const, reason: `training in pod ${podName(pod)}${note}`, ...logsOf(pod) };
        return withSince(status, running.state?.running?.startedAt);
    }
    return withSince({ state: "preparing", reason: `${describePreparation(pod)}${note}` }, pod.status?.startTime);
}

function describePreparation(pod: Pod): string {
    const running = pod.status?.initContainerStatuses?.find((status) => status.state?.running !== undefined);
    switch (running?.name) {
        case undefined:
            return "starting the pod: pulling images";
        case "git-sync":
            return "bringing the code into the pod";
        case "fetch-data":
            return "downloading the data into the pod";
        default:
            return `starting the pod: ${running?.name ?? ""} is running`;
    }
}

/** Waiting reasons that do not pass by themselves; `PodInitializing` and `ContainerCreating` do. */
const stuckReasons: Readonly<Record<string, string>> = {
    ErrImagePull: "the image cannot be pulled",
    ImagePullBackOff: "the image cannot be pulled",
    ErrImageNeverPull: "the image cannot be pulled",
    InvalidImageName: "the image's name is invalid",
    CreateContainerConfigError: "a Secret or ConfigMap of the pod is missing",
    CreateContainerError: "the container cannot be made",
    RunContainerError: "the container cannot be started",
};

function isStuck(status: ContainerStatus): boolean {
    return Object.hasOwn(stuckReasons, status.state?.waiting?.reason ?? "");
}

function describeStuck(status: ContainerStatus): string {
    const reason = status.state?.waiting?.reason ?? "";
    const message = status.state?.waiting?.message ?? reason;
    return `${stuckReasons[reason] ?? reason} (container ${status.name}, image ${status.image}): ${message}`;
}

/** Why there was an earlier pod. */
function retryNote(pods: readonly Pod[]): string {
    const over = pods.filter(isOver);
    const last = newest(over);
    const cause = last && describeTermination(terminationOf(last));
    return cause === undefined ? "" : `; an earlier pod ended: ${cause}`;
}

function logsOf(pod: Pod | undefined): Pick<TrainingStatus, "logs"> {
    if (pod?.metadata?.name === undefined) {
        return {};
    }
    const failed: Termination | undefined = terminationOf(pod);
    const container = failed?.container ?? failedContainer(pod) ?? "train";
    return { logs: { pod: pod.metadata.name, container } };
}

function withSince(status: TrainingStatus, since: Date | undefined): TrainingStatus {
    return since === undefined ? status : { ...status, since: new Date(since) };
}

function allStatuses(pod: Pod): ContainerStatus[] {
    return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

function isOver(pod: Pod): boolean {
    return pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded";
}

function podName(pod: Pod): string {
    return pod.metadata?.name ?? "";
}

export function newest(pods: readonly Pod[]): Pod | undefined {
    const age = (pod: Pod) => new Date(pod.metadata?.creationTimestamp ?? 0).getTime();
    return pods.reduce<Pod | undefined>((best, pod) => (best && age(best) >= age(pod) ? best : pod), undefined);
}

function newestEvent(
    events: readonly ClusterEvent[],
    wanted: (event: ClusterEvent) => boolean,
): ClusterEvent | undefined {
    const time = (event: ClusterEvent) => new Date(event.lastTimestamp ?? event.eventTime ?? 0).getTime();
    return events.filter(wanted).sort((a, b) => time(b) - time(a))[0];
}

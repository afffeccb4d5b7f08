// How a remote training is doing, from one look at the cluster and one at S3; whatever cannot be seen is said.
import { clientFor } from "../transfer/client.ts";
import { classify } from "./classify.ts";
import { connect, type Snapshot } from "./cluster.ts";
import { describeClusterError } from "./clusterError.ts";
import type { Job, Pod } from "./clusterObjects.ts";
import { listMetrics, type Metrics, newestVersion, readMetrics } from "./metrics.ts";
import { findManifest } from "./model.ts";
import { containerStatuses, newest } from "./pods.ts";
import type { TrainingManifest, TrainingRunInputs } from "./state.ts";
import type { TrainingState, TrainingStatus } from "./status.ts";

/** What must be known of a training to look at it. */
export interface TrainingTarget
    extends Pick<TrainingRunInputs, "kubernetes" | "jobName" | "jobUid" | "trainingDigest" | "runDir" | "s3"> {
    /** Why S3 cannot be asked, such as that its keys cannot be decrypted. */
    readonly s3Problem?: string;
}

export interface TrainingReport {
    /** `unknown` when neither cluster nor S3 tells. */
    readonly state: TrainingState | "unknown";
    readonly reason: string;
    readonly since?: Date;
    /** How long training took, once it has finished. */
    readonly seconds?: number;
    readonly pod?: PodReport;
    readonly metrics?: Metrics;
    /** URI of the model, once it is there. */
    readonly model?: string;
    /** Whether the cluster answered. */
    readonly clusterSeen: boolean;
    /** What could not be looked at, and why; a sentence each. */
    readonly problems: readonly string[];
}

export interface PodReport {
    readonly name: string;
    readonly node?: string;
    /** As requested. */
    readonly gpus: number;
    /** Product or memory of the node's GPUs, where the user may read that. */
    readonly gpu?: string;
    /** Pods so far. */
    readonly tries: number;
    /** Of containers in the pod. */
    readonly restarts: number;
}

/** Nobody waits long for a status, or for a log that is over. */
export const impatient = { retries: 1, minDelayMs: 200 };

export async function reportTraining(target: TrainingTarget): Promise<TrainingReport> {
    return (await lookAtTraining(target)).report;
}

/** A report, and what it was told from for those who want to tell more. */
export interface TrainingLook {
    readonly report: TrainingReport;
    readonly snapshot?: Snapshot;
    readonly manifest?: TrainingManifest;
}

export async function lookAtTraining(target: TrainingTarget): Promise<TrainingLook> {
    const cluster = await lookAtCluster(target);
    const storage = await lookAtStorage(target, cluster.snapshot?.job);
    const status = cluster.snapshot && classify(cluster.snapshot);
    const { manifest, metrics } = storage;
    const report = {
        ...judge(status, storage, target),
        ...(cluster.pod && { pod: cluster.pod }),
        ...(metrics && { metrics }),
        ...(manifest && { model: `${target.runDir.uri}/model.pt`, seconds: manifest.seconds ?? 0 }),
        clusterSeen: cluster.problem === undefined,
        problems: [cluster.problem, storage.problem].filter((problem) => problem !== undefined),
    };
    return { report, ...(cluster.snapshot && { snapshot: cluster.snapshot }), ...(manifest && { manifest }) };
}

/** As for the end of a training that is waited for: the manifest on S3 decides, not the Job. */
function judge(
    status: TrainingStatus | undefined,
    { manifest, problem }: StorageLook,
    { runDir }: TrainingTarget,
): Pick<TrainingReport, "state" | "reason" | "since"> {
    if (manifest !== undefined && status?.state !== "succeeded") {
        const reason =
            status?.state === "gone"
                ? "training finished; its Job is not on the cluster any more"
                : "this training has finished";
        return { state: "succeeded", reason, since: new Date(manifest.time) };
    }
    if (status === undefined) {
        return { state: "unknown", reason: "the cluster cannot be looked at" };
    }
    const { state, reason, since } = status;
    if (state === "gone") {
        return problem === undefined
            ? { state, reason: "the Job was deleted before training finished" }
            : { state: "unknown", reason: "the Job is gone, and only S3 can tell whether training has finished" };
    }
    if (state === "succeeded" && manifest === undefined && problem === undefined) {
        return { state: "failed", reason: `the Job finished, but ${runDir.uri} holds no model of this training` };
    }
    return { state, reason, ...(since && { since }) };
}

interface ClusterLook {
    readonly snapshot?: Snapshot;
    readonly pod?: PodReport;
    readonly problem?: string;
}

async function lookAtCluster({ kubernetes, jobName, jobUid }: TrainingTarget): Promise<ClusterLook> {
    try {
        const job = { namespace: kubernetes.namespace, name: jobName, uid: jobUid };
        const cluster = connect(kubernetes.context, job);
        const snapshot = await cluster.snapshot();
        const pod = newest(snapshot.pods);
        if (pod === undefined) {
            return { snapshot };
        }
        const node = pod.spec?.nodeName;
        const labels = node === undefined ? undefined : await cluster.nodeLabels(node).catch(() => undefined);
        return { snapshot, pod: describePod(pod, snapshot, labels) };
    } catch (error) {
        const reason = describeClusterError(error);
        return { problem: `the cluster (context ${kubernetes.context}) cannot be looked at: ${reason}` };
    }
}

function describePod(
    pod: Pod,
    { job, pods }: Snapshot,
    labels: Readonly<Record<string, string>> | undefined,
): PodReport {
    const node = pod.spec?.nodeName;
    const gpu = labels && gpuOf(labels);
    return {
        name: pod.metadata?.name ?? "",
        ...(node !== undefined && { node }),
        gpus: requestedGpus(pod.spec),
        ...(gpu !== undefined && { gpu }),
        tries: Math.max(pods.length, countTries(job)),
        restarts: containerStatuses(pod).reduce((sum, { restartCount }) => sum + restartCount, 0),
    };
}

/** Also the pods that are not on the cluster any more. */
function countTries(job: Job | undefined): number {
    const { active = 0, failed = 0, succeeded = 0 } = job?.status ?? {};
    return active + failed + succeeded;
}

function requestedGpus(spec: Pod["spec"]): number {
    const counts = (spec?.containers ?? []).map(({ resources }) => Number(resources?.limits?.["nvidia.com/gpu"] ?? 0));
    return counts.reduce((sum, count) => sum + count, 0);
}

/** By the labels of NVIDIA's feature discovery. */
function gpuOf(labels: Readonly<Record<string, string>>): string | undefined {
    const memory = labels["nvidia.com/gpu.memory"];
    return labels["nvidia.com/gpu.product"] ?? (memory === undefined ? undefined : `${memory} MiB`);
}

interface StorageLook {
    readonly manifest?: TrainingManifest;
    readonly metrics?: Metrics;
    readonly problem?: string;
}

async function lookAtStorage(target: TrainingTarget, job: Job | undefined): Promise<StorageLook> {
    const { runDir, s3, s3Problem } = target;
    if (s3Problem !== undefined) {
        return { problem: s3Problem };
    }
    try {
        const client = clientFor(s3);
        const manifest = await findManifest(target, impatient);
        const created = job?.metadata?.creationTimestamp;
        const since = created === undefined ? undefined : new Date(created);
        const names = manifest
            ? manifest.artefacts.map(({ name }) => name)
            : await listMetrics(client, runDir, since, impatient);
        const newestName = newestVersion(names);
        const metrics = newestName === undefined ? undefined : await readMetrics(client, runDir, newestName, impatient);
        return { ...(manifest && { manifest }), ...(metrics && { metrics }) };
    } catch (error) {
        return { problem: `S3 cannot be looked at: ${error instanceof Error ? error.message : String(error)}` };
    }
}

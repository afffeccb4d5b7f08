// Cluster objects as the API server returns them, cut to what matters.
import type {
    ClusterEvent,
    ContainerStatus,
    Job,
    JobCondition,
    Pod,
    PodCondition,
    PodStatus,
} from "../../../pipeline/training/clusterObjects.ts";

export const uid = "0b2c7d4e-1111-2222-3333-444455556666";
export const created = new Date("2026-03-01T10:00:00Z");
const image = "ghcr.io/ml4gw/aframe/train:v0.2";

export function job(conditions: JobCondition[] = [], spec: Job["spec"] = { template: {} }): Job {
    return {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "aframe-test", namespace: "physics", uid, creationTimestamp: created },
        spec: { ...spec, template: {} },
        status: { startTime: created, active: 1, conditions },
    };
}

export function jobCondition(type: string, reason: string, message = ""): JobCondition {
    return { type, status: "True", reason, message, lastTransitionTime: new Date("2026-03-01T12:00:00Z") };
}

export function pod(name: string, status: PodStatus, creationTimestamp = created): Pod {
    return {
        metadata: { name, namespace: "physics", creationTimestamp, ownerReferences: [owner] },
        status: { startTime: creationTimestamp, ...status },
    };
}

const owner = { apiVersion: "batch/v1", kind: "Job", name: "aframe-test", uid, controller: true };

export function condition(type: string, status: string, reason: string, message = ""): PodCondition {
    return { type, status, reason, message };
}

export function waiting(name: string, reason: string, message?: string): ContainerStatus {
    const why = message === undefined ? { reason } : { reason, message };
    return { name, image, imageID: "", ready: false, restartCount: 0, state: { waiting: why } };
}

export function running(name: string): ContainerStatus {
    const state = { running: { startedAt: new Date("2026-03-01T10:30:00Z") } };
    return { name, image, imageID: "", ready: true, restartCount: 0, state };
}

export function ended(
    name: string,
    exitCode: number,
    reason = exitCode === 0 ? "Completed" : "Error",
): ContainerStatus {
    return { name, image, imageID: "", ready: false, restartCount: 0, state: { terminated: { exitCode, reason } } };
}

export function jobEvent(reason: string, message: string): ClusterEvent {
    return {
        metadata: { name: "e", namespace: "physics" },
        involvedObject: { kind: "Job", name: "aframe-test", uid },
        reason,
        message,
        firstTimestamp: created,
        lastTimestamp: created,
        type: "Warning",
    };
}

export const finished = {
    job: job([jobCondition("Complete", "CompletionsReached")]),
    pods: [pod("p", { phase: "Succeeded", containerStatuses: [ended("train", 0)] })],
};
export const atWork = {
    job: job(),
    pods: [pod("p", { phase: "Running", containerStatuses: [running("train")] })],
};
export const queued = {
    job: job(),
    pods: [
        pod("p", { phase: "Pending", conditions: [condition("PodScheduled", "False", "Unschedulable", "no GPUs")] }),
    ],
};

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { classify, type TrainingObjects } from "../../../pipeline/training/classify.ts";
import type { Pod } from "../../../pipeline/training/clusterObjects.ts";
import type { TrainingState } from "../../../pipeline/training/status.ts";
import { condition, created, ended, job, jobCondition, jobEvent, pod, running, waiting } from "./objects.ts";

interface Case {
    readonly what: string;
    readonly given: TrainingObjects;
    readonly state: TrainingState;
    readonly reason: RegExp;
    /** `pod/container` whose last words count. */
    readonly logs?: string;
    /** `pod/container` that made another try necessary. */
    readonly before?: string;
}

const noEvents = { events: [] };
const scheduled = condition("PodScheduled", "True", "");
const podFailed = jobCondition("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
const policyFailed = jobCondition(
    "Failed",
    "PodFailurePolicy",
    "Container train for pod physics/p failed with exit code 83",
);

/** As long as the Job has not taken note of its end. */
const uncounted = (one: Pod): Pod => ({
    ...one,
    metadata: { ...one.metadata, finalizers: ["batch.kubernetes.io/job-tracking"] },
});

function leaving(reason: string, message: string): Pod {
    const conditions = [scheduled, condition("DisruptionTarget", "True", reason, message)];
    const one = pod("p", { phase: "Running", conditions, containerStatuses: [running("train")] });
    return { ...one, metadata: { ...one.metadata, deletionTimestamp: created } };
}

const cases: readonly Case[] = [
    {
        what: "a Job without a pod yet",
        given: { job: job(), pods: [], ...noEvents },
        state: "waiting",
        reason: /^waiting for the cluster to make a pod$/,
    },
    {
        what: "a pod that the scheduler has not looked at",
        given: { job: job(), pods: [pod("p", { phase: "Pending" })], ...noEvents },
        state: "waiting",
        reason: /^waiting for the cluster to find a node$/,
    },
    {
        what: "no node with free GPUs",
        given: {
            job: job(),
            pods: [
                pod("p", {
                    phase: "Pending",
                    conditions: [
                        condition(
                            "PodScheduled",
                            "False",
                            "Unschedulable",
                            "0/40 nodes are available: 40 Insufficient nvidia.com/gpu.",
                        ),
                    ],
                }),
            ],
            ...noEvents,
        },
        state: "waiting",
        reason: /^waiting for a node with free resources: 0\/40 nodes are available: 40 Insufficient nvidia/,
    },
    {
        what: "a quota that is used up",
        given: {
            job: job(),
            pods: [],
            events: [
                jobEvent(
                    "FailedCreate",
                    'Error creating: pods "p" is forbidden: exceeded quota: gpus, used: 8, limited: 8',
                ),
            ],
        },
        state: "waiting",
        reason: /^waiting for the namespace's quota: .*exceeded quota: gpus/,
    },
    {
        what: "a pod that the cluster's policy refuses",
        given: {
            job: job(),
            pods: [],
            events: [jobEvent("FailedCreate", "admission webhook denied the request: no limits")],
        },
        state: "blocked",
        reason: /^the cluster refuses the pod: .*no limits$/,
    },
    {
        what: "a suspended Job",
        given: { job: job([], { suspend: true, template: {} }), pods: [], ...noEvents },
        state: "waiting",
        reason: /^the Job is suspended$/,
    },
    {
        what: "init containers at work",
        given: {
            job: job(),
            pods: [
                pod("p", {
                    phase: "Pending",
                    conditions: [scheduled],
                    initContainerStatuses: [ended("git-sync", 0), running("fetch-data")],
                    containerStatuses: [waiting("train", "PodInitializing")],
                }),
            ],
            ...noEvents,
        },
        state: "preparing",
        reason: /^downloading the data into the pod$/,
    },
    {
        what: "images being pulled",
        given: {
            job: job(),
            pods: [
                pod("p", {
                    phase: "Pending",
                    conditions: [scheduled],
                    initContainerStatuses: [waiting("fetch-data", "PodInitializing")],
                    containerStatuses: [waiting("train", "ContainerCreating")],
                }),
            ],
            ...noEvents,
        },
        state: "preparing",
        reason: /pulling images$/,
    },
    {
        what: "an image that does not exist",
        given: {
            job: job(),
            pods: [
                pod("p", {
                    phase: "Pending",
                    conditions: [scheduled],
                    containerStatuses: [waiting("train", "ImagePullBackOff", "Back-off pulling image")],
                }),
            ],
            ...noEvents,
        },
        state: "blocked",
        reason: /^the image cannot be pulled \(container train, image ghcr\.io\S+\): Back-off pulling image$/,
        logs: "p/train",
    },
    {
        what: "a Secret that is gone",
        given: {
            job: job(),
            pods: [
                pod("p", {
                    phase: "Pending",
                    conditions: [scheduled],
                    initContainerStatuses: [
                        waiting("fetch-data", "CreateContainerConfigError", 'secret "env" not found'),
                    ],
                }),
            ],
            ...noEvents,
        },
        state: "blocked",
        reason: /^a Secret or ConfigMap of the pod is missing .*secret "env" not found$/,
        logs: "p/train",
    },
    {
        what: "a training that runs",
        given: {
            job: job(),
            pods: [pod("p", { phase: "Running", conditions: [scheduled], containerStatuses: [running("train")] })],
            ...noEvents,
        },
        state: "training",
        reason: /^training in pod p$/,
        logs: "p/train",
    },
    {
        what: "a second try, with the cause of the first's end",
        given: {
            job: job(),
            pods: [
                pod("p1", { phase: "Failed", containerStatuses: [ended("train", 137, "OOMKilled")] }),
                pod(
                    "p2",
                    { phase: "Running", conditions: [scheduled], containerStatuses: [running("train")] },
                    new Date("2026-03-01T11:00:00Z"),
                ),
            ],
            ...noEvents,
        },
        state: "training",
        reason: /^training in pod p2; an earlier pod ended: container train of pod p1: out of memory/,
        logs: "p2/train",
    },
    {
        what: "the pause before the next try",
        given: {
            job: job(),
            pods: [pod("p1", { phase: "Failed", containerStatuses: [ended("train", 1)] })],
            ...noEvents,
        },
        state: "waiting",
        reason: /^waiting for the next try; an earlier pod ended: container train of pod p1: exit code 1$/,
    },
    {
        what: "a pod that had to leave its node",
        given: {
            job: job(),
            pods: [
                pod("p1", {
                    phase: "Failed",
                    conditions: [
                        condition(
                            "DisruptionTarget",
                            "True",
                            "PreemptionByScheduler",
                            "preempted by a higher priority",
                        ),
                    ],
                    containerStatuses: [ended("train", 137)],
                }),
            ],
            ...noEvents,
        },
        state: "waiting",
        reason: /; an earlier pod ended: pod p1: it had to make room for a pod of higher priority, which costs no retry: pre/,
    },
    {
        what: "a pod that used too much of the node's disk",
        given: {
            job: job([podFailed]),
            pods: [
                pod("p", {
                    phase: "Failed",
                    reason: "Evicted",
                    message: "Pod ephemeral local storage usage exceeds the total limit of containers 25Gi.",
                }),
            ],
            ...noEvents,
        },
        state: "failed",
        reason: /^training failed after its last retry: pod p: it was evicted: Pod ephemeral local storage/,
        logs: "p/train",
    },
    {
        what: "a training out of memory on every try",
        given: {
            job: job([podFailed]),
            pods: [pod("p", { phase: "Failed", containerStatuses: [ended("train", 137, "OOMKilled")] })],
            ...noEvents,
        },
        state: "failed",
        reason: /after its last retry: container train of pod p: out of memory \(exit code 137\); raise memory_per_cpu$/,
        logs: "p/train",
    },
    {
        what: "a download that is out of memory, which is not the training's",
        given: {
            job: job(),
            pods: [pod("p", { phase: "Failed", initContainerStatuses: [ended("fetch-data", 137, "OOMKilled")] })],
            ...noEvents,
        },
        state: "waiting",
        reason: /out of memory \(exit code 137\); raise its limit by aframe:podTemplatePatch$/,
    },
    {
        what: "code that cannot be fetched",
        given: {
            job: job(),
            pods: [pod("p", { phase: "Failed", initContainerStatuses: [ended("git-sync", 1)] })],
            ...noEvents,
        },
        state: "waiting",
        reason: /container git-sync of pod p: exit code 1, the code could not be fetched$/,
        before: "p/git-sync",
    },
    {
        what: "a pod that ran into its own deadline, whatever its container said when it was told to stop",
        given: {
            job: job(),
            pods: [
                pod("p", {
                    phase: "Failed",
                    reason: "DeadlineExceeded",
                    message: "Pod was active on the node longer than the specified deadline",
                    containerStatuses: [ended("train", 143)],
                }),
            ],
            ...noEvents,
        },
        state: "waiting",
        reason: /pod p: it ran into its deadline \(the pod's activeDeadlineSeconds\): Pod was active on the node/,
    },
    {
        what: "a container that has failed in a pod that has not yet",
        given: {
            job: job(),
            pods: [pod("p", { phase: "Running", conditions: [scheduled], containerStatuses: [ended("train", 7)] })],
            ...noEvents,
        },
        state: "waiting",
        reason: /^a pod is ending: container train of pod p: exit code 7$/,
        logs: "p/train",
    },
    {
        what: "a failed pod that the Job has not counted, so that it may not try again",
        given: {
            job: job(),
            pods: [uncounted(pod("p", { phase: "Failed", initContainerStatuses: [ended("fetch-data", 81)] }))],
            ...noEvents,
        },
        state: "waiting",
        reason: /^a pod has ended: container fetch-data of pod p: exit code 81, the data on S3 are not/,
        logs: "p/fetch-data",
    },
    {
        what: "a pod that has succeeded, before its Job has",
        given: {
            job: job(),
            pods: [uncounted(pod("p", { phase: "Succeeded", containerStatuses: [ended("train", 0)] }))],
            ...noEvents,
        },
        state: "training",
        reason: /^training has ended, and its Job is about to$/,
        logs: "p/train",
    },
    {
        what: "a pod that is told to leave its node",
        given: { job: job(), pods: [leaving("EvictionByEvictionAPI", "Eviction API: evicting")], ...noEvents },
        state: "waiting",
        reason: /^pod p: it had to leave its node, .* costs no retry: Eviction API: evicting; another one follows$/,
        logs: "p/train",
    },
    {
        what: "a pod on a lost node, which stays until the node is back",
        given: { job: job(), pods: [leaving("DeletionByTaintManager", "Taint manager: deleting")], ...noEvents },
        state: "waiting",
        reason: /^pod p: its node does not answer, .*; another one follows once the node answers again or is removed$/,
        logs: "p/train",
    },
    {
        what: "a training whose node has stopped answering",
        given: {
            job: job(),
            pods: [
                pod("p", {
                    phase: "Running",
                    conditions: [scheduled, condition("Ready", "False", "")],
                    containerStatuses: [running("train")],
                }),
            ],
            ...noEvents,
        },
        state: "training",
        reason: /^training in pod p, whose node does not answer$/,
        logs: "p/train",
    },
    {
        what: "the pause between two init containers",
        given: {
            job: job(),
            pods: [
                pod("p", {
                    phase: "Pending",
                    conditions: [scheduled],
                    initContainerStatuses: [ended("git-sync", 0), waiting("fetch-data", "PodInitializing")],
                    containerStatuses: [waiting("train", "PodInitializing")],
                }),
            ],
            ...noEvents,
        },
        state: "preparing",
        reason: /^starting fetch-data, after pulling its image if need be$/,
    },
    {
        what: "a quota that was in the way of an earlier pod",
        given: {
            job: job(),
            pods: [
                pod("p", { phase: "Failed", containerStatuses: [ended("train", 1)] }, new Date("2026-03-01T11:00:00Z")),
            ],
            events: [jobEvent("FailedCreate", "exceeded quota: gpus")],
        },
        state: "waiting",
        reason: /^waiting for the next try; an earlier pod ended: container train of pod p: exit code 1$/,
    },
    {
        what: "a deadline of the Job, with the log of the pod it ends",
        given: {
            job: job([jobCondition("FailureTarget", "DeadlineExceeded", "Job was active longer")]),
            pods: [
                pod("p1", { phase: "Failed", containerStatuses: [ended("train", 7)] }),
                pod(
                    "p2",
                    { phase: "Running", containerStatuses: [running("train")] },
                    new Date("2026-03-01T11:00:00Z"),
                ),
            ],
            ...noEvents,
        },
        state: "failed",
        reason: /^training ran into its deadline .*: Job was active longer$/,
        logs: "p2/train",
    },
    {
        what: "damaged data",
        given: {
            job: job([policyFailed]),
            pods: [
                pod("p", {
                    phase: "Failed",
                    initContainerStatuses: [ended("git-sync", 0), ended("fetch-data", 81)],
                    containerStatuses: [waiting("train", "PodInitializing")],
                }),
            ],
            ...noEvents,
        },
        state: "failed",
        reason: /cannot heal: container fetch-data of pod p: exit code 81, the data on S3 are not the data/,
        logs: "p/fetch-data",
    },
    {
        what: "a failure whose pods are gone already",
        given: { job: job([policyFailed]), pods: [], ...noEvents },
        state: "failed",
        reason: /cannot heal: Container train for pod physics\/p failed with exit code 83$/,
    },
    {
        what: "a deadline",
        given: {
            job: job([jobCondition("Failed", "DeadlineExceeded", "Job was active longer")]),
            pods: [],
            ...noEvents,
        },
        state: "failed",
        reason: /^training ran into its deadline .*: Job was active longer$/,
    },
    {
        what: "a Job that is about to be marked as failed",
        given: { job: job([{ ...policyFailed, type: "FailureTarget" }]), pods: [], ...noEvents },
        state: "failed",
        reason: /cannot heal/,
    },
    {
        what: "the end",
        given: {
            job: job([jobCondition("Complete", "CompletionsReached")]),
            pods: [pod("p", { phase: "Succeeded", containerStatuses: [ended("train", 0)] })],
            ...noEvents,
        },
        state: "succeeded",
        reason: /^training finished$/,
        logs: "p/train",
    },
    {
        what: "a Job that somebody deleted",
        given: { pods: [], ...noEvents },
        state: "gone",
        reason: /^the Job is not on the cluster any more$/,
    },
];

describe("classify", () => {
    for (const { what, given, state, reason, logs, before } of cases) {
        it(`calls ${what} ${state}`, () => {
            const status = classify(given);
            assert.equal(status.state, state);
            assert.match(status.reason, reason);
            assert.equal(status.logs && `${status.logs.pod}/${status.logs.container}`, logs);
            if (before !== undefined) {
                assert.equal(status.before && `${status.before.pod}/${status.before.container}`, before);
            }
        });
    }

    it("tells since when a pod waits for a node", () => {
        const pending = condition("PodScheduled", "False", "Unschedulable", "no GPUs");
        const status = classify({
            job: job(),
            pods: [pod("p", { phase: "Pending", conditions: [pending] })],
            events: [],
        });
        assert.deepEqual(status.since, created);
    });

    it("takes every waiting reason it does not know for one that passes", () => {
        const statuses = {
            phase: "Pending",
            conditions: [scheduled],
            containerStatuses: [waiting("train", "SomethingNew")],
        };
        assert.equal(classify({ job: job(), pods: [pod("p", statuses)], events: [] }).state, "preparing");
    });
});

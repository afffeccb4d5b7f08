// Whether quotas have room for an experiment, judged from quotas as the API server gives them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { V1ResourceQuotaSpec } from "@kubernetes/client-node";
import type { Plain } from "../../../../pipeline/training/clusterObjects.ts";
import { judgeQuotas } from "../../../../preview/preflight/cluster/quota.ts";
import { type Experiment, podsOf, toldBy } from "./asked.ts";

type Quantities = Readonly<Record<string, string>>;

interface Row {
    readonly hard: Quantities;
    readonly used?: Quantities;
    readonly experiment?: Experiment;
    readonly scope?: Plain<Omit<V1ResourceQuotaSpec, "hard">>;
    readonly hasJob?: boolean;
    readonly findings: readonly string[];
}

function judge({ hard, used = {}, experiment = {}, scope, hasJob = false }: Omit<Row, "findings">) {
    const quota = { metadata: { name: "gpus" }, spec: { hard, ...scope }, status: { hard, used } };
    return judgeQuotas(...podsOf(experiment), [quota], hasJob);
}

/** 4 GPUs, 48 CPUs, 80 GB of memory and 15 GiB of a node's disk. */
const enough = { "requests.nvidia.com/gpu": "4", "requests.cpu": "48", "limits.memory": "80G", pods: "1" };
const gpus = { "requests.nvidia.com/gpu": "8" };
const claim: Experiment = { stack: { volume: { storageClassName: "fast", size: "100Gi" } } };
const git: Experiment = {
    cfg: "\n[luigi_ssh]\nssh_file = /nowhere\n",
    stack: {
        settings: {
            luigi_Train: { use_init_containers: "true", git_url: "git@github.com:a/b.git", git_ref: "main" },
        },
    },
};

const stack = "stacks/Pulumi.test.yaml: aframe:";
const cfg = "sandbox.cfg";

describe("a quota", () => {
    const rows: Readonly<Record<string, Row>> = {
        "with just enough room says nothing": { hard: enough, findings: [] },
        "that has GPUs, of which others use most, warns of a wait": {
            hard: gpus,
            used: { "requests.nvidia.com/gpu": "6" },
            findings: [
                `warning: ${cfg}:5: [luigi_Train] request_gpus: the pod asks for 4 GPUs, and the quota gpus has 2 GPUs left of 8 GPUs (requests.nvidia.com/gpu); it would wait until others end`,
            ],
        },
        "in use by the experiment's own Job says nothing": {
            hard: gpus,
            used: { "requests.nvidia.com/gpu": "8" },
            hasJob: true,
            findings: [],
        },
        "smaller than the pod can never be met, with the Job as without it": {
            hard: { "requests.nvidia.com/gpu": "2" },
            hasJob: true,
            findings: [
                `error: ${cfg}:5: [luigi_Train] request_gpus: the pod asks for 4 GPUs, and the quota gpus allows 2 GPUs in all (requests.nvidia.com/gpu) (at most 2)`,
            ],
        },
        "counts CPUs and memory under each of their names": {
            hard: { cpu: "40", "requests.memory": "64Gi", "limits.cpu": "20" },
            findings: [
                `error: ${cfg}:6: [luigi_Train] cpus_per_gpu: the pod asks for 48 CPUs, and the quota gpus allows 40 CPUs in all (cpu) (at most 10)`,
                `error: ${cfg}:7: [luigi_Train] memory_per_cpu: the pod asks for 80 GB of memory, and the quota gpus allows 68.71 GB of memory in all (requests.memory) (at most 0.7)`,
                `error: ${cfg}:6: [luigi_Train] cpus_per_gpu: the pod asks for 48 CPUs, and the quota gpus allows 20 CPUs in all (limits.cpu)`,
            ],
        },
        "counts the disk of nodes": {
            hard: { "requests.ephemeral-storage": "10Gi" },
            findings: [
                `error: ${stack}volume: the pod asks for 16.1 GB of a node's disk, and the quota gpus allows 10.73 GB of a node's disk in all (requests.ephemeral-storage) (set it, and data and checkpoints are on a claim instead)`,
            ],
        },
        "counts pods": {
            hard: { pods: "5" },
            used: { pods: "5" },
            findings: [
                `warning: ${stack}kubernetes.namespace: the pod asks for 1 pod, and the quota gpus has 0 pods left of 5 pods (pods); it would wait until others end`,
            ],
        },
        "counts Jobs, ConfigMaps and Secrets, which are refused": {
            hard: { "count/jobs.batch": "3", configmaps: "1", "count/secrets": "5" },
            used: { "count/jobs.batch": "3", configmaps: "0", "count/secrets": "4" },
            experiment: git,
            findings: [
                `warning: ${stack}kubernetes.namespace: the experiment asks for 1 job, and the quota gpus has 0 jobs left of 3 jobs (count/jobs.batch); it would be refused until others are gone`,
                `warning: ${stack}kubernetes.namespace: the experiment asks for 2 secrets, and the quota gpus has 1 secret left of 5 secrets (count/secrets); it would be refused until others are gone`,
            ],
        },
        "counts claims when there is to be one": {
            hard: { persistentvolumeclaims: "0", "requests.storage": "50Gi" },
            experiment: claim,
            findings: [
                `error: ${stack}volume: the experiment asks for 1 persistentvolumeclaim, and the quota gpus allows 0 persistentvolumeclaims in all (persistentvolumeclaims)`,
                `error: ${stack}volume.size: the experiment asks for 107.37 GB of storage, and the quota gpus allows 53.68 GB of storage in all (requests.storage)`,
            ],
        },
        "counts storage of the claim's class, not of others": {
            hard: {
                "fast.storageclass.storage.k8s.io/requests.storage": "50Gi",
                "slow.storageclass.storage.k8s.io/requests.storage": "0",
            },
            experiment: claim,
            findings: [
                `error: ${stack}volume.size: the experiment asks for 107.37 GB of storage, and the quota gpus allows 53.68 GB of storage in all (fast.storageclass.storage.k8s.io/requests.storage)`,
            ],
        },
        "of claims is nothing to a training on scratch": {
            hard: { persistentvolumeclaims: "0", "requests.storage": "0" },
            findings: [],
        },
        "of pods with a deadline does not count this one": {
            hard: { pods: "0" },
            scope: { scopes: ["Terminating"] },
            findings: [],
        },
        "of pods without a deadline counts it": {
            hard: { pods: "0" },
            scope: { scopes: ["NotTerminating", "NotBestEffort"] },
            findings: [
                `error: ${stack}kubernetes.namespace: the pod asks for 1 pod, and the quota gpus allows 0 pods in all (pods)`,
            ],
        },
        "of another priority does not count it": {
            hard: { pods: "0" },
            scope: {
                scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: ["high"] }] },
            },
            findings: [],
        },
        "of its priority counts it": {
            hard: { pods: "0" },
            experiment: { stack: { podTemplatePatch: { spec: { priorityClassName: "high" } } } },
            scope: {
                scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: ["high"] }] },
            },
            findings: [
                `error: ${stack}kubernetes.namespace: the pod asks for 1 pod, and the quota gpus allows 0 pods in all (pods)`,
            ],
        },
    };
    for (const [name, { findings, ...row }] of Object.entries(rows)) {
        it(name, () => {
            const result = judge(row);
            assert.deepEqual(toldBy(result), findings);
            assert.equal(result.summary, findings.length > 0 ? "gpus: not room enough" : "gpus: room enough");
        });
    }
});

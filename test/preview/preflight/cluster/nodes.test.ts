// Which nodes could take the training pod, judged from a list of nodes as the API server gives it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { V1Node } from "@kubernetes/client-node";
import type { Plain } from "../../../../pipeline/training/clusterObjects.ts";
import { judgeNodes } from "../../../../preview/preflight/cluster/nodes.ts";
import { type Experiment, podsOf, toldBy } from "./asked.ts";

interface Size {
    readonly gpus?: number;
    readonly gpuMemory?: number;
    readonly cpu?: string;
    readonly memory?: string;
    readonly disk?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly isClosed?: boolean;
}

function node({ gpus = 8, gpuMemory = 81_920, cpu = "128", memory = "1Ti", ...more }: Size = {}): Plain<V1Node> {
    const label = gpuMemory > 0 ? { "nvidia.com/gpu.memory": String(gpuMemory) } : {};
    const allocatable = { cpu, memory, "ephemeral-storage": more.disk ?? "1Ti", "nvidia.com/gpu": String(gpus) };
    return {
        metadata: { name: "node", labels: { ...label, ...more.labels } },
        spec: { unschedulable: more.isClosed ?? false },
        status: { allocatable, conditions: [{ type: "Ready", status: "True" }] },
    };
}

function judge(experiment: Experiment, nodes: readonly Size[]) {
    return judgeNodes(...podsOf(experiment), nodes.map(node));
}

/** 4 GPUs of more than 15 000 MB, 48 CPUs, 80 GB of memory. */
const usual: Experiment = {};
const set = (key: string, value: string): Experiment => ({ stack: { settings: { luigi_Train: { [key]: value } } } });
const patch = (spec: object): Experiment => ({ stack: { podTemplatePatch: { spec } } });
const limits = (amounts: object): Experiment =>
    patch({ containers: [{ name: "train", resources: { limits: amounts, requests: amounts } }] });

describe("the nodes of a cluster", () => {
    const rows: readonly [string, Experiment, readonly Size[], string, readonly string[]][] = [
        ["one of two is large enough", usual, [{}, { gpus: 1 }], "1 of 2 nodes could take the pod", []],
        ["a pod that just fits", set("request_gpus", "8"), [{ cpu: "96" }], "1 of 1 nodes could take the pod", []],
        [
            "too many GPUs",
            usual,
            [{ gpus: 2 }, { gpus: 3 }],
            "0 of 2 nodes could take the pod",
            [
                "error: sandbox.cfg:5: [luigi_Train] request_gpus: the pod asks for 4 GPUs, and the largest of the cluster's nodes has 3 GPUs (at most 3)",
            ],
        ],
        [
            "too many CPUs for the nodes with that many GPUs",
            usual,
            [{ cpu: "40" }, { cpu: "42" }, { gpus: 1, cpu: "256" }],
            "0 of 3 nodes could take the pod",
            [
                "error: sandbox.cfg:6: [luigi_Train] cpus_per_gpu: the pod asks for 48 CPUs, and the largest of the nodes with 4 GPUs has 42 CPUs (at most 10)",
            ],
        ],
        [
            "too much memory",
            set("memory_per_cpu", "8"),
            [{ memory: "256Gi" }],
            "0 of 1 nodes could take the pod",
            [
                "error: stack config aframe:settings.luigi_Train.memory_per_cpu: [luigi_Train] memory_per_cpu: the pod asks for 416 GB of memory, and the largest of the cluster's nodes has 274.87 GB of memory (at most 5)",
            ],
        ],
        [
            "GPU memory that no GPU exceeds, though one has as much",
            set("min_gpu_memory", "81920"),
            [{}, { gpuMemory: 40_000 }],
            "0 of 2 nodes could take the pod",
            [
                "error: stack config aframe:settings.luigi_Train.min_gpu_memory: [luigi_Train] min_gpu_memory: GPUs must have more than 81920 MB of memory, and those of the cluster's nodes have 81920 MB at most (less than 81920)",
            ],
        ],
        [
            "GPUs of unknown memory",
            usual,
            [{ gpuMemory: 0 }],
            "0 of 1 nodes could take the pod",
            [
                "error: [luigi_Train] min_gpu_memory: none of the cluster's nodes has a GPU of known memory (the label nvidia.com/gpu.memory)",
            ],
        ],
        [
            "many GPUs on some nodes, large ones on others",
            set("min_gpu_memory", "50000"),
            [{ gpuMemory: 40_000 }, { gpus: 2 }],
            "0 of 2 nodes could take the pod",
            [
                "error: sandbox.cfg:5: [luigi_Train] request_gpus: the pod asks for 4 GPUs, and the largest of the nodes with more than 50000 MB of GPU memory has 2 GPUs (at most 2)",
            ],
        ],
        [
            "data larger than a node's disk",
            { dataBytes: 500e9 },
            [{ disk: "100Gi" }],
            "0 of 1 nodes could take the pod",
            [
                "error: stacks/Pulumi.test.yaml: aframe:volume: the pod asks for 566.93 GB of a node's disk, and the largest of the cluster's nodes has 107.37 GB of a node's disk (set it, and data and checkpoints are on a claim instead)",
            ],
        ],
        [
            "everything too large at once",
            set("request_gpus", "12"),
            [{}],
            "0 of 1 nodes could take the pod",
            [
                "error: stack config aframe:settings.luigi_Train.request_gpus: [luigi_Train] request_gpus: the pod asks for 12 GPUs, and the largest of the cluster's nodes has 8 GPUs (at most 8)",
                "error: sandbox.cfg:6: [luigi_Train] cpus_per_gpu: the pod asks for 144 CPUs, and the largest of the cluster's nodes has 128 CPUs (at most 10)",
            ],
        ],
        [
            "a patch that asks for more",
            limits({ memory: "2Ti" }),
            [{}],
            "0 of 1 nodes could take the pod",
            [
                "error: stacks/Pulumi.test.yaml: aframe:podTemplatePatch: the pod asks for 2.19 TB of memory, and the largest of the cluster's nodes has 1.09 TB of memory",
            ],
        ],
        [
            "a patch that asks for other GPUs",
            limits({ "nvidia.com/gpu": null, "nvidia.com/a100": "4" }),
            [{}],
            "0 of 1 nodes could take the pod",
            [
                "error: stacks/Pulumi.test.yaml: aframe:podTemplatePatch: the pod asks for 4 nvidia.com/a100, and the largest of the cluster's nodes has 0 nvidia.com/a100",
            ],
        ],
        [
            "a region without nodes",
            patch({ nodeSelector: { "topology.kubernetes.io/region": "us-moon" } }),
            [{ labels: { "topology.kubernetes.io/region": "us-west" } }],
            "0 of 1 nodes could take the pod",
            [
                "error: stacks/Pulumi.test.yaml: aframe:podTemplatePatch: none of the cluster's nodes has the labels of nodeSelector: topology.kubernetes.io/region=us-moon",
            ],
        ],
        [
            "an affinity of the patch's",
            patch({
                affinity: {
                    nodeAffinity: {
                        requiredDuringSchedulingIgnoredDuringExecution: {
                            nodeSelectorTerms: [{ matchExpressions: [{ key: "gone", operator: "Exists" }] }],
                        },
                    },
                },
            }),
            [{}],
            "0 of 1 nodes could take the pod",
            [
                "error: stacks/Pulumi.test.yaml: aframe:podTemplatePatch: none of the cluster's nodes has what nodeAffinity requires",
            ],
        ],
        [
            "the only one that fits is closed",
            usual,
            [{ isClosed: true }, { gpus: 1 }],
            "1 of 2 nodes could take the pod",
            ["warning: 1 of 2 nodes could take the pod, and it is closed or not ready; the pod would wait for it"],
        ],
        [
            "a cloud that may make larger ones",
            usual,
            [{ gpus: 1, labels: { "cloud.google.com/gke-nodepool": "small" } }],
            "0 of 1 nodes could take the pod",
            [
                "warning: sandbox.cfg:5: [luigi_Train] request_gpus: the pod asks for 4 GPUs, and the largest of the cluster's nodes has 1 GPU (at most 1)",
            ],
        ],
        ["no nodes", usual, [], "no nodes", ["warning: the cluster has no nodes now; the pod would wait for one"]],
    ];
    for (const [what, experiment, nodes, summary, findings] of rows) {
        it(`with ${what} are told as that`, () => {
            const result = judge(experiment, nodes);
            assert.equal(result.summary, summary);
            assert.deepEqual(toldBy(result), findings);
        });
    }
});

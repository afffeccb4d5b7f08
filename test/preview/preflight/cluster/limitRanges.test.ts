// Whether limit ranges let the pod in, judged from limit ranges as the API server gives them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { V1LimitRangeItem } from "@kubernetes/client-node";
import type { Plain } from "../../../../pipeline/training/clusterObjects.ts";
import { judgeLimitRanges } from "../../../../preview/preflight/cluster/limitRanges.ts";
import { type Experiment, podsOf, toldBy } from "./asked.ts";

interface Row {
    readonly item: Plain<V1LimitRangeItem>;
    readonly experiment?: Experiment;
    readonly findings: readonly string[];
}

const cfg = "sandbox.cfg";
const stack = "stacks/Pulumi.test.yaml: aframe:";
const patch = (resources: object): Experiment => ({
    stack: { podTemplatePatch: { spec: { containers: [{ name: "helper", resources }] } } },
});
const claim: Experiment = { stack: { volume: { storageClassName: "fast", size: "100Gi" } } };

describe("a limit range", () => {
    const rows: Readonly<Record<string, Row>> = {
        "that the training just fits says nothing": {
            item: { type: "Container", max: { cpu: "48", memory: "80G" }, min: { cpu: "1" } },
            findings: [],
        },
        "with a lower maximum names the container and the key": {
            item: { type: "Container", max: { cpu: "16", memory: "64G" } },
            findings: [
                `error: ${cfg}:6: [luigi_Train] cpus_per_gpu: the container train asks for 48 CPUs, and the limit range range allows a container at most 16 CPUs (at most 4)`,
                `error: ${cfg}:7: [luigi_Train] memory_per_cpu: the container train asks for 80 GB of memory, and the limit range range allows a container at most 64 GB of memory (at most 0.6)`,
            ],
        },
        "with a higher minimum names the container that asks for too little": {
            item: { type: "Container", min: { memory: "5G" } },
            findings: [
                `error: ${stack}podTemplatePatch: the container fetch-data asks for 4 GB of memory, and the limit range range wants a container to ask for 5 GB of memory or more`,
            ],
        },
        "of pods counts them as a whole": {
            item: { type: "Pod", max: { "nvidia.com/gpu": "2" } },
            findings: [
                `error: ${cfg}:5: [luigi_Train] request_gpus: the pod asks for 4 GPUs, and the limit range range allows a pod at most 2 GPUs (at most 2)`,
            ],
        },
        "of pods wants a limit that the pod does not set": {
            item: { type: "Pod", max: { "example.com/disk": "2" } },
            findings: [
                `error: ${stack}volume: the pod sets no limit for example.com/disk, and the limit range range allows a pod at most 2 example.com/disk`,
            ],
        },
        "fills in what a container of the patch's leaves out": {
            item: { type: "Container", max: { cpu: "48" }, _default: { cpu: "1" }, defaultRequest: { cpu: "1" } },
            experiment: patch({}),
            findings: [],
        },
        "of a ratio wants requests near limits": {
            item: { type: "Container", maxLimitRequestRatio: { cpu: "1.2" } },
            experiment: patch({ requests: { cpu: "2" }, limits: { cpu: "3" } }),
            findings: [
                `error: ${stack}podTemplatePatch: the container helper limits cpu to 1.5 times what it requests, and the limit range range allows at most 1.2 times`,
            ],
        },
        "of a ratio wants both": {
            item: { type: "Container", maxLimitRequestRatio: { memory: "2" } },
            experiment: patch({ requests: { memory: "1G" } }),
            findings: [
                `error: ${stack}podTemplatePatch: the container helper sets no limit or no request for memory, and the limit range range allows at most 2 times`,
            ],
        },
        "of claims counts the volume": {
            item: { type: "PersistentVolumeClaim", max: { storage: "50Gi" } },
            experiment: claim,
            findings: [
                `error: ${stack}volume.size: the claim asks for 107.37 GB of storage, and the limit range range allows a claim at most 53.68 GB of storage`,
            ],
        },
        "of claims is nothing to a training on scratch": {
            item: { type: "PersistentVolumeClaim", max: { storage: "1Gi" } },
            findings: [],
        },
    };
    for (const [name, { item, experiment = {}, findings }] of Object.entries(rows)) {
        it(name, () => {
            const range = { metadata: { name: "range" }, spec: { limits: [item] } };
            const result = judgeLimitRanges(...podsOf(experiment), [range]);
            assert.deepEqual(toldBy(result), findings);
            assert.equal(result.summary, findings.length > 0 ? "range: the pod would be refused" : "range");
        });
    }

    it("need not be there", () => {
        assert.equal(judgeLimitRanges(...podsOf({}), []).summary, "none in the namespace");
    });
});

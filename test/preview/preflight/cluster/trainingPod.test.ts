// What the pod asks for as a whole, and where that is written.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConfigError } from "../../../../config/errors.ts";
import { placeOfResource, showAmount } from "../../../../preview/preflight/cluster/resources.ts";
import { podOf } from "../../../../preview/preflight/cluster/trainingPod.ts";
import { podsOf } from "./asked.ts";

describe("a pod", () => {
    const ask = (name: string, cpu: string, restartPolicy?: string) => ({
        name,
        resources: { requests: { cpu }, limits: { cpu } },
        ...(restartPolicy !== undefined && { restartPolicy }),
    });
    const cpus = (initContainers: object[], containers: object[]) =>
        podOf({ spec: { initContainers, containers } }).requests.get("cpu");

    it("asks for its containers together, or for the largest of those before them", () => {
        assert.equal(cpus([ask("a", "1")], [ask("b", "2"), ask("c", "500m")]), 2.5);
        assert.equal(cpus([ask("a", "4")], [ask("b", "2"), ask("c", "500m")]), 4);
    });

    it("asks for a sidecar all the time", () => {
        assert.equal(cpus([ask("a", "1", "Always"), ask("b", "2")], [ask("c", "2")]), 3);
    });

    it("requests what it limits, unless it says otherwise", () => {
        const resources = { limits: { cpu: 4, memory: "1.5Gi" }, requests: { cpu: "2" } };
        const { requests, limits } = podOf({ spec: { containers: [{ name: "a", resources }] } });
        assert.deepEqual(
            [...requests],
            [
                ["cpu", 2],
                ["memory", 1.5 * 2 ** 30],
            ],
        );
        assert.deepEqual(
            [...limits],
            [
                ["cpu", 4],
                ["memory", 1.5 * 2 ** 30],
            ],
        );
    });
});

describe("the training pod", () => {
    it("asks for what the cfg says, whatever git-sync and the download ask for before", () => {
        const git = { use_init_containers: "true", git_url: "git@github.com:a/b.git", git_ref: "main" };
        const [, { actual }] = podsOf({ stack: { settings: { luigi_Train: git } } });
        assert.deepEqual(
            actual.containers.map(({ name }) => name),
            ["git-sync", "fetch-data", "train"],
        );
        assert.deepEqual(
            [...actual.requests],
            [
                ["cpu", 48],
                ["memory", 80e9],
                ["nvidia.com/gpu", 4],
                ["ephemeral-storage", 15 * 2 ** 30],
            ],
        );
    });

    it("is asked for its resources in the cfg, and in the patch where that says otherwise", () => {
        const resources = { limits: { memory: "64G" }, requests: { memory: "64G" } };
        const podTemplatePatch = { spec: { containers: [{ name: "train", resources }] } };
        const [settings, pods] = podsOf({ stack: { podTemplatePatch } });
        const place = (resource: string, container?: string) => placeOfResource(settings, pods, resource, container);
        const patch = { file: "stacks/Pulumi.test.yaml", key: "aframe:podTemplatePatch" };
        assert.deepEqual(place("cpu"), { file: "sandbox.cfg", line: 6, section: "luigi_Train", key: "cpus_per_gpu" });
        assert.deepEqual(place("memory"), patch);
        assert.deepEqual(place("cpu", "fetch-data"), patch);
        assert.deepEqual(place("ephemeral-storage"), { file: "stacks/Pulumi.test.yaml", key: "aframe:volume" });
    });

    it("cannot be judged when the patch makes none of it, and that is said of the patch", () => {
        const containers = [{ name: "train", resources: { limits: { memory: "64 GB" } } }];
        assert.throws(
            () => podsOf({ stack: { podTemplatePatch: { spec: { containers } } } }),
            (error: unknown) => {
                assert.ok(error instanceof ConfigError);
                assert.match(
                    error.message,
                    /^stacks\/Pulumi\.test\.yaml: aframe:podTemplatePatch: .*limits\.memory.*"64 GB"/,
                );
                return true;
            },
        );
    });
});

describe("amounts", () => {
    const rows: readonly [string, number, string][] = [
        ["nvidia.com/gpu", 1, "1 GPU"],
        ["nvidia.com/gpu", 4, "4 GPUs"],
        ["cpu", 0.5, "0.5 CPUs"],
        ["memory", 416e9, "416 GB of memory"],
        ["ephemeral-storage", 15 * 2 ** 30, "16.1 GB of a node's disk"],
        ["storage", 1e12, "1 TB of storage"],
        ["nvidia.com/a100", 2, "2 nvidia.com/a100"],
    ];
    for (const [resource, amount, text] of rows) {
        it(`are told as ${text}`, () => {
            assert.equal(showAmount(resource, amount), text);
        });
    }
});

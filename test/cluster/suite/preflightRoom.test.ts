// Whether a namespace has room for a training: what is said beforehand, and what the API server does with the pod.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { V1ResourceQuota } from "@kubernetes/client-node";
import { objectName } from "../../../components/labels.ts";
import { trainingPods } from "../../../preview/preflight/cluster/trainingPod.ts";
import { remoteRecipe } from "../../components/fixture.ts";
import { ask, type Experiment, subjectOf } from "../../preview/preflight/cluster/asked.ts";
import { trainImage } from "../images/provide.ts";
import { held, Namespace } from "./namespace.ts";
import { addOnlooker } from "./onlooker.ts";

const namespace = await Namespace.make("room");
const kubeconfig = await addOnlooker(namespace);

/** Of 4 GPUs, 48 CPUs and 80 GB of memory, with more in its patch. */
function experiment(podSpec?: object): Experiment {
    const kubernetes = { context: "aframe-test", namespace: namespace.name };
    return { kubeconfig, stack: { kubernetes, ...(podSpec && { podTemplatePatch: { spec: podSpec } }) } };
}

/** Findings of that check, without their places. */
async function told(name: string, podSpec?: object): Promise<string[]> {
    const [, ...findings] = (await ask(experiment(podSpec))).get(name) ?? [];
    return findings.map((text) => text.replace(/: .*(?=: the (pod|container|experiment) )/, ""));
}

/** Has an object in the namespace for as long as `work` takes. */
async function having(object: object, work: () => Promise<void>): Promise<void> {
    await namespace.kubectl(["create", "-f", "-"], object);
    try {
        await work();
    } finally {
        await namespace.kubectl(["delete", "-f", "-"], object);
    }
}

/** Why the API server would not take the training pod now; undefined when it would. */
async function refusal(podSpec?: object): Promise<string | undefined> {
    const { spec } = trainingPods(subjectOf(experiment(podSpec))).actual;
    try {
        await namespace.kubectl(["create", "--dry-run=server", "-f", "-"], pod("training", spec));
        return undefined;
    } catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
}

function pod(name: string, spec: object) {
    return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec };
}

/** Waits until the API server, too, thinks that of the pod: what it judges by comes to it a little later. */
async function agreed(isRefused: boolean, podSpec?: object): Promise<string> {
    return namespace.until(`the pod being ${isRefused ? "refused" : "taken"}`, async () => {
        const reason = await refusal(podSpec);
        return (reason !== undefined) === isRefused && (reason ?? "taken");
    });
}

describe("a limit range", () => {
    const helper = (resources: object) => ({ containers: [{ name: "helper", image: "x", resources }] });
    const rows: Readonly<Record<string, readonly [object, object | undefined, boolean]>> = {
        "with a maximum of just as much": [{ type: "Container", max: { memory: "80G" } }, undefined, false],
        "with a lower maximum": [{ type: "Container", max: { cpu: "47" } }, undefined, true],
        "with a higher minimum": [{ type: "Container", min: { memory: "5G" } }, undefined, true],
        "for pods": [{ type: "Pod", max: { cpu: "48" } }, undefined, false],
        "for smaller pods": [{ type: "Pod", max: { cpu: "47" } }, undefined, true],
        "for pods with a container beside": [
            { type: "Pod", max: { cpu: "48" } },
            helper({ limits: { cpu: "1" } }),
            true,
        ],
        "for pods with a container beside that sets none": [{ type: "Pod", max: { cpu: "48" } }, helper({}), false],
        "that wants a limit which is not set": [{ type: "Pod", max: { "example.com/disk": "1" } }, undefined, true],
        "that sets the limit itself": [{ type: "Container", max: { cpu: "99" } }, helper({}), false],
        "with a ratio that is kept": [{ type: "Container", maxLimitRequestRatio: { cpu: "1" } }, undefined, false],
        "with a ratio that is not": [
            { type: "Container", maxLimitRequestRatio: { cpu: "2" } },
            helper({ limits: { cpu: "3" }, requests: { cpu: "1" } }),
            true,
        ],
    };
    for (const [name, [item, podSpec, isRefused]] of Object.entries(rows)) {
        it(`${name} ${isRefused ? "forbids the pod, as is said before" : "allows the pod"}`, async () => {
            const spec = { limits: [item] };
            await having({ apiVersion: "v1", kind: "LimitRange", metadata: { name: "range" }, spec }, async () => {
                await agreed(isRefused, podSpec);
                const findings = await told("limit ranges", podSpec);
                assert.equal(findings.length > 0, isRefused, findings.join("\n"));
            });
        });
    }
});

describe("a quota", () => {
    const quota = (hard: object) => ({
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "gpus" },
        spec: { hard },
    });
    const gpus = "requests.nvidia.com/gpu";

    const counted = (key: string, value: string) =>
        namespace.until(`a count of ${value} ${key}`, async () => {
            const [found] = await namespace.list<V1ResourceQuota>("resourcequotas");
            return found?.status?.used?.[key] === value;
        });

    it("smaller than the pod refuses it for ever, as is said before", async () => {
        await having(quota({ [gpus]: "2" }), async () => {
            await counted(gpus, "0");
            assert.match(await agreed(true), /exceeded quota: gpus/);
            assert.deepEqual(await told("quota"), [
                `error: the pod asks for 4 GPUs, and the quota gpus allows 2 GPUs in all (${gpus}) (at most 2)`,
            ]);
        });
    });

    it("that others use up refuses the pod for now, and not the one that is there already", async () => {
        const resources = { limits: { [gpus.replace("requests.", "")]: "4" } };
        const other = pod("other", { ...held, containers: [{ name: "a", image: trainImage, resources }] });
        await having(quota({ [gpus]: "6", "count/jobs.batch": "1" }), async () => {
            await counted(gpus, "0");
            await having(other, async () => {
                await counted(gpus, "4");
                assert.match(await agreed(true), /exceeded quota: gpus/);
                const waiting = `warning: the pod asks for 4 GPUs, and the quota gpus has 2 GPUs left of 6 GPUs (${gpus}); it would wait until others end`;
                assert.deepEqual(await told("quota"), [waiting]);
                const name = objectName({ experiment: "test", runDir: remoteRecipe.run });
                const template = { spec: { restartPolicy: "Never", containers: [{ name: "a", image: trainImage }] } };
                const spec = { suspend: true, template };
                const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec };
                await having(job, async () => {
                    await counted("count/jobs.batch", "1");
                    assert.deepEqual(await told("quota"), []);
                });
            });
        });
    });
});

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { directoriesOf } from "../../../cli/init/runScript.ts";
import { renderConfigFiles } from "../../../cli/init/templates.ts";
import { planTraining, type TrainingPlan } from "../../../components/trainingPlan.ts";
import { describeProblem } from "../../../config/errors.ts";
import { readExperiment } from "../../../config/experiment.ts";
import { parseStackSettings } from "../../../config/stack.ts";
import { lintPolicy } from "../../../preview/policy/lint.ts";
import { temporaryDirectory } from "../../components/fixture.ts";

const gib = 2 ** 30;
const files = await renderConfigFiles("DIRECTORY");

/** `sandbox.cfg:48: [luigi_Train] KEY:` */
function inCfg(key: string): string {
    const line = files["sandbox.cfg"].split("\n").findIndex((text) => text.startsWith(`${key} =`)) + 1;
    return `sandbox.cfg:${line}: [luigi_Train] ${key}:`;
}

type Changes = Readonly<Record<string, string | number>>;

/** An experiment as aframe-init makes it, with keys of sandbox.cfg changed, and more in its stack's config. */
function made(changes: Changes = {}, stack: Readonly<Record<string, unknown>> = {}): TrainingPlan {
    const directory = temporaryDirectory();
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
        const edited = Object.entries(changes).reduce((all, [key, value]) => {
            return all.replace(new RegExp(`^${key} = .*$`, "m"), `${key} = ${value}`);
        }, text);
        writeFileSync(path.join(directory, name), edited.replaceAll("DIRECTORY", directory));
    }
    const raw = {
        directory,
        environment: directoriesOf(directory, "s3://my-bucket/my-run"),
        kubernetes: { context: "nautilus", namespace: "physics" },
        ...stack,
    };
    const { settings } = readExperiment(parseStackSettings("my-run", raw, "stacks/Pulumi.my-run.yaml"));
    return planTraining(settings, []) ?? assert.fail("training is not remote");
}

/** As in README.md. */
const example = { request_gpus: 4, memory_per_cpu: 1 };

function lint(plan: TrainingPlan, dataBytes = 10 * gib): string[] {
    return lintPolicy(plan, dataBytes).map(describeProblem);
}

function patch(spec: object): Readonly<Record<string, unknown>> {
    return { podTemplatePatch: { spec } };
}

const policies = "Nautilus: https://nrp.ai/documentation/userdocs/start/policies";
const onPatch = "stacks/Pulumi.my-run.yaml: aframe:podTemplatePatch:";

describe("an experiment as aframe-init makes it", () => {
    it("is warned that it will hardly use the memory it asks for, and of nothing else", () => {
        assert.deepEqual(lint(made()), [
            `${inCfg("memory_per_cpu")} container train asks for 416G of memory, and training on ` +
                `8 GPUs will likely use 66G of it, 16%: less than 20% is waste (${policies}) ` +
                "(3.1 or less, or cpus_per_gpu = 9 or less)",
        ]);
    });

    it("needs no warning with what the warning suggests", () => {
        assert.deepEqual(lint(made({ memory_per_cpu: 3.1 })), []);
        assert.deepEqual(lint(made({ cpus_per_gpu: 9 })), []);
    });

    it("needs no warning with 4 GPUs and 1 GB for each CPU, however much its data are", () => {
        assert.deepEqual(lint(made(example)), []);
        assert.deepEqual(lint(made(example), 500 * gib), []);
    });
});

describe("a finding", () => {
    it("names the stack's config when a value is overridden there", () => {
        const settings = { luigi_Train: { request_gpus: 3, cpus_per_gpu: 40 } };
        assert.deepEqual(lint(made({ memory_per_cpu: 0.5 }, { settings })), [
            "stack config aframe:settings.luigi_Train.cpus_per_gpu: [luigi_Train] cpus_per_gpu: container train asks for " +
                `120 CPUs, and training on 3 GPUs will likely keep 12 of them busy, 10%: less than 20% is waste (${policies}) ` +
                "(20 or less)",
            "stack config aframe:settings.luigi_Train.request_gpus: [luigi_Train] request_gpus: the pod asks for 3 GPUs, " +
                "and nodes with many GPUs are kept for Jobs with 4 or 8 " +
                "(Nautilus: https://nrp.ai/documentation/userdocs/running/gpu-pods) (one of 1, 2, 4, 8)",
        ]);
    });

    it("names the image's key in the cfg", () => {
        assert.deepEqual(lint(made({ ...example, remote_image: "ghcr.io/ml4gw/aframe/train:latest" })), [
            `${inCfg("remote_image")} ghcr.io/ml4gw/aframe/train:latest may be another image at each ` +
                "start (Kubernetes: https://kubernetes.io/docs/concepts/containers/images/#image-names) " +
                "(name a version or a digest)",
        ]);
    });

    it("names the volume that is not set when the data would take more of the node's disk than a cluster allows", () => {
        const policyProfile = path.join(temporaryDirectory(), "mine.yaml");
        writeFileSync(policyProfile, "rules:\n  scratch: { source: our rules, most: 50Gi, from: 80% }\n");
        assert.deepEqual(lint(made(example, { policyProfile }), 60 * gib), [
            "stacks/Pulumi.my-run.yaml: aframe:volume: container train may fill 81Gi of the node's disk, more than the 50Gi " +
                "per container, above which a pod can be evicted (our rules) " +
                "(set it, and data and checkpoints are on a claim instead)",
        ]);
        const volume = { storageClassName: "rook-cephfs-central", size: "100Gi" };
        assert.deepEqual(lint(made(example, { policyProfile, volume }), 60 * gib), []);
    });

    it("names the volume's class when no volume comes of it", () => {
        const [line = ""] = lint(made(example, { volume: { storageClassName: "ceph-rbd", size: "100Gi" } }));
        assert.match(
            line,
            /^stacks\/Pulumi\.my-run\.yaml: aframe:volume\.storageClassName: ceph-rbd is there but has /,
        );
    });

    it("names the patch for what only the patch brings", () => {
        const spec = {
            containers: [{ name: "train", command: ["sleep", "infinity"] }],
            tolerations: [{ key: "nautilus.io/system", operator: "Exists" }],
            priorityClassName: "high",
        };
        const lines = lint(made(example, patch(spec)));
        assert.equal(lines.length, 3);
        assert.equal(lines[0], `${onPatch} container train ends in sleep, and a Job must not idle (${policies})`);
        assert.ok(lines.every((line) => line.startsWith(onPatch)));
    });

    it("names the patch where it makes worse what the cfg asks for, and the cfg where it does not", () => {
        const more = { requests: { memory: "500G" }, limits: { memory: "500G" } };
        const [worse = ""] = lint(made({}, patch({ containers: [{ name: "train", resources: more }] })));
        assert.match(worse, /aframe:podTemplatePatch: container train asks for 500G of memory/);
        const [same = ""] = lint(made({}, patch({ nodeSelector: { a: "b" } })));
        assert.match(
            same,
            /^sandbox\.cfg:\d+: \[luigi_Train\] memory_per_cpu: container train asks for 416G of memory/,
        );
    });

    it("is none any more when the patch heals what the cfg asks for", () => {
        const less = { requests: { memory: "200G" }, limits: { memory: "200G" } };
        const volumes = [{ name: "dshm", emptyDir: { sizeLimit: "100G" } }];
        const spec = { containers: [{ name: "train", resources: less }], volumes };
        assert.deepEqual(lint(made({}, patch(spec))), []);
    });

    it("tells what a patch has made that is no pod", () => {
        const spec = { containers: [{ name: "train", args: [5] }, { image: "x" }, "train"], tolerations: "all" };
        assert.deepEqual(lint(made(example, patch(spec))), [
            `${onPatch} spec.containers.0.args.0: "5" is not right (a text)`,
            `${onPatch} spec.containers.1.name: is not set`,
            `${onPatch} spec.containers.2: "train" is not right (keys and values)`,
            `${onPatch} spec.tolerations: "all" is not right (a list)`,
        ]);
    });
});

describe("another profile", () => {
    it("replaces the rules of Nautilus", () => {
        const policyProfile = path.join(temporaryDirectory(), "mine.yaml");
        writeFileSync(
            policyProfile,
            "rules:\n  gpu-counts: { source: our rules, counts: [1], why: we have no more }\n",
        );
        assert.deepEqual(lint(made({}, { policyProfile })), [
            `${inCfg("request_gpus")} the pod asks for 8 GPUs, and we have no more (our rules) (one of 1)`,
        ]);
    });

    it("that does not exist is an error at the key that names it", () => {
        assert.throws(() => lint(made({}, { policyProfile: "nautilos" })), {
            name: "ConfigError",
            message:
                'stacks/Pulumi.my-run.yaml: aframe:policyProfile: there is no profile "nautilos" (did you mean nautilus?)',
        });
    });
});

// A whole experiment as the documentation tells it: data made here, training on the cluster, results here.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { mergePodTemplate } from "../../../components/podTemplatePatch.ts";
import { parseRunFile, type RunFile } from "../../../pipeline/provenance/runFile.ts";
import { trainImage } from "../images/provide.ts";
import { checkout } from "../machine/paths.ts";
import { changes, requestsIn } from "./auditLog.ts";
import { bucket, Experiment, noPulling, objectsIn, startS3 } from "./experiment.ts";
import { GitServer, type Repository } from "./gitServer.ts";
import { held, Namespace, needsOwnNode } from "./namespace.ts";

const miniature = path.join(checkout, "demo/miniature");

type Settings = Record<string, Record<string, string>>;

/** The miniature's sizes, and the resources of the documentation's own example. */
function miniatureSettings(git: GitServer, key: string): Settings {
    const settings = JSON.parse(readFileSync(path.join(miniature, "demo_settings.json"), "utf8")) as Settings;
    return {
        ...settings,
        luigi_base: { ...settings.luigi_base, Tb: "4096" },
        luigi_TrainingWaveforms: { ...settings.luigi_TrainingWaveforms, num_signals: "100", num_jobs: "2" },
        luigi_ValidationWaveforms: { ...settings.luigi_ValidationWaveforms, num_signals: "50" },
        luigi_TestingWaveforms: { ...settings.luigi_TestingWaveforms, num_signals: "200" },
        luigi_Train: {
            ...{ request_gpus: "4", cpus_per_gpu: "12", memory_per_cpu: "1", min_gpu_memory: "40000" },
            ...{ use_init_containers: "True", git_url: git.url("aframe"), git_ref: "my-feature" },
        },
        luigi_ssh: { ssh_file: key },
    };
}

/** Aframe's repository, private, with a submodule; the branch says so when it trains. */
async function publishMiniature(git: GitServer): Promise<Repository> {
    const library = git.makeRepository("library");
    library.write("library.txt", "a submodule\n");
    library.publish();
    const repository = git.makeRepository("aframe");
    await repository.useMiniature();
    repository.git("submodule", "add", "--quiet", git.url("library"), "library");
    repository.write(
        "projects/train/train/__init__.py",
        [
            "import pathlib, sys",
            'library = pathlib.Path("/opt/aframe/library/library.txt")',
            'print("trained by the branch in", sys.prefix, "with", library.read_text(), flush=True)',
            "",
        ].join("\n"),
    );
    return repository;
}

const [namespace, s3, git] = await Promise.all([Namespace.make("happy"), startS3(), GitServer.start()]);
// For the submodule, which git clones when it is added.
process.env.GIT_SSH_COMMAND = `ssh -i ${git.keys.ed25519} -o UserKnownHostsFile=${git.knownHostsFile}`;
const repository = await publishMiniature(git);
const commit = repository.publish("my-feature");
const experiment = await makeExperiment();

async function makeExperiment(): Promise<Experiment> {
    const made = await Experiment.make("happy", s3, {
        namespace,
        settings: miniatureSettings(git, git.keys.ed25519),
        law: path.join(miniature, "law_command.py"),
        // Until the branch has moved.
        config: { "aframe:podTemplatePatch": mergePodTemplate(noPulling, { spec: held }) },
    });
    const training = readFileSync(path.join(miniature, "train.yaml"), "utf8");
    writeFileSync(
        path.join(made.directory, "train.yaml"),
        training.replace("max_epochs: 10", "max_epochs: 2").replace("batches_per_epoch: 60", "batches_per_epoch: 10"),
    );
    return made;
}

describe("remote training, from data to sensitive volume", () => {
    let pod: V1Pod;

    it("previews the commit, the Job and the stages, and writes nothing", async () => {
        const text = await experiment.mustRun("preview");
        assert.match(text, /\+ kubernetes:batch:Job happy create/);
        assert.match(text, /\+ aframe:Stage happy-SandboxSV create/);
        assert.deepEqual(await namespace.names(), []);
        assert.deepEqual(await objectsIn(s3.client), []);
    });

    it("asks the cluster for nothing but looks and dry runs in a preview", { skip: needsOwnNode }, async () => {
        const requests = await requestsIn(namespace);
        assert.ok(
            requests.some((request) => request.includes("dryRun=All")),
            requests.join("\n"),
        );
        assert.deepEqual(changes(requests), []);
    });

    it("trains the pinned commit on verified data, also when the branch moves meanwhile", async () => {
        const running = experiment.start();
        pod = await namespace.until("the pod", async () => (await namespace.pods("happy"))[0]);
        repository.write("projects/train/train/__init__.py", 'raise SystemExit("a later commit")\n');
        assert.notEqual(repository.publish("my-feature"), commit);
        await namespace.ungate(pod.metadata?.name ?? "");
        const { code, stdout, stderr } = await running.finished;
        assert.equal(code, 0, stdout + stderr);
        [pod] = (await namespace.pods("happy")) as [V1Pod];
        assert.equal((await experiment.outputs<{ commit: string }>()).commit, commit);
        const log = await namespace.kubectl(["logs", pod.metadata?.name ?? "", "-c", "train"]);
        assert.match(log, /trained by the branch in \/opt\/env with a submodule/);
    });

    it("leaves the model on S3, and exports and measures it here", async () => {
        const objects = await objectsIn(s3.client);
        assert.ok(objects.includes("happy/training/model.pt"), objects.join(" "));
        assert.ok(objects.includes("happy/training/.aframe/Train.manifest.json"));
        assert.ok(existsSync(path.join(experiment.directory, "results/plots/sensitive_volume.html")));
    });

    it("leaves beside the model what it was made with: commit, image, pod and data", async () => {
        const made = await runFileOf("happy");
        assert.deepEqual(made.code, { url: git.url("aframe"), ref: "my-feature", commit });
        assert.equal(made.training.image, trainImage);
        const { imageID } = pod.status?.containerStatuses?.find(({ name }) => name === "train") ?? {};
        assert.match(made.training.imageDigest ?? "", /^sha256:[0-9a-f]{64}$/);
        assert.ok(imageID?.endsWith(made.training.imageDigest ?? ""), imageID);
        assert.deepEqual(made.training.pod, { name: pod.metadata?.name, node: pod.spec?.nodeName });
        const job = (await namespace.job("happy"))?.metadata;
        const known = { context: "aframe-test", namespace: namespace.name, name: job?.name, uid: job?.uid };
        assert.deepEqual(made.training.job, known);
        assert.match(made.training.packages?.python ?? "", /^3\./);
        assert.deepEqual(Object.keys(made.data).sort(), ["FetchTrain", "TrainingWaveforms", "ValidationWaveforms"]);
    });

    it("asks for what the configuration says, with the base memory, and all of it as requests and limits", () => {
        const train = container(pod, "train");
        const asked = { cpu: "48", memory: "80G", "nvidia.com/gpu": "4", "ephemeral-storage": "16Gi" };
        assert.deepEqual(train.resources, { limits: asked, requests: asked });
        const shared = pod.spec?.volumes?.find(({ name }) => name === "dshm");
        assert.deepEqual(shared?.emptyDir, { medium: "Memory", sizeLimit: "40G" });
        const [term] =
            pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
        const expression = { key: "nvidia.com/gpu.memory", operator: "Gt", values: ["40000"] };
        assert.deepEqual(term?.matchExpressions, [expression]);
    });

    it("runs nothing again while nothing has changed", async () => {
        const text = await experiment.mustRun("up");
        assert.match(text, /\d+ unchanged/);
        assert.doesNotMatch(text, /\d+ (created|updated|replaced|deleted)/);
    });

    it("leaves nothing in the namespace when it is destroyed, and keeps data and model", async () => {
        await experiment.mustRun("destroy", ["--yes"]);
        assert.deepEqual(await namespace.names(), []);
        const objects = await objectsIn(s3.client);
        for (const kept of ["data/train/val_waveforms.hdf5", "training/model.pt"]) {
            assert.ok(objects.includes(`happy/${kept}`), kept);
        }
    });
});

describe("access to the code", { concurrency: true }, () => {
    const code = git.makeRepository("code");
    code.useScript([]);
    code.publish();

    function withKey(stack: string, key: string): Promise<Experiment> {
        const luigi_Train = { use_init_containers: "True", git_url: git.url("code"), git_ref: "main" };
        const settings = { luigi_Train, luigi_ssh: { ssh_file: key } };
        return Experiment.make(stack, s3, { namespace, settings });
    }

    it("works with an RSA key as with an ed25519 one", async () => {
        const experiment = await withKey("rsa", git.keys.rsa);
        await experiment.mustRun("up");
        await experiment.mustRun("destroy", ["--yes"]);
    });

    it("is refused in the preview when the server's host key is not the known one", async () => {
        const other = await GitServer.start();
        const wrong = git.sshd.knownHosts.split(" ")[0] ?? "";
        const [, ...theirs] = other.sshd.knownHosts.split(" ");
        writeFileSync(other.knownHostsFile, [wrong, ...theirs].join(" "));
        const experiment = await withKey("host", other.keys.ed25519);
        const text = await experiment.mustRun("preview", [], 1);
        assert.match(text, /the server's host key is not the known one/);
    });
});

async function runFileOf(stack: string): Promise<RunFile> {
    const object = { Bucket: bucket, Key: `${stack}/training/run.json` };
    const { Body } = await s3.client.send(new GetObjectCommand(object));
    return parseRunFile((await Body?.transformToString()) ?? "", object.Key);
}

function container(pod: V1Pod, name: string): V1Container {
    const found = pod.spec?.containers.find((one) => one.name === name);
    if (found === undefined) throw new Error(`the pod has no container ${name}`);
    return found;
}

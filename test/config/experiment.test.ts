// A stack and its cfg -> the whole experiment.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { describeProblem } from "../../config/errors.ts";
import { loadExperiment } from "../../config/experiment.ts";
import { describeOrigin } from "../../config/origin.ts";
import type { ResolvedValue } from "../../config/settings.ts";
import {
    directory,
    kubernetes,
    localDirectories,
    problemsOf,
    readSample,
    remoteDirectories,
    sampleStack,
} from "./sample.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const fixture = (name: string) => readFileSync(join(fixtures, name), "utf8");
const document = {
    cfg: fixture("sandbox.cfg"),
    files: { "base.cfg": fixture("base.cfg") },
    environment: { ...remoteDirectories, AFRAME_DIR: directory },
    stack: { kubernetes },
};

function find(values: readonly ResolvedValue[], section: string, key: string): ResolvedValue {
    const value = values.find((row) => row.section === section && row.key === key);
    assert.ok(value, `[${section}] ${key}`);
    return value;
}

test("the document's samples are read, comments and all", () => {
    const { settings, warnings } = readSample(document);
    assert.deepEqual(warnings, []);
    assert.deepEqual(settings.training, {
        where: "remote",
        ifos: ["H1", "L1"],
        seed: 42,
        kernelLengthSeconds: 2,
        sampleRateHz: 2048,
        fdurationSeconds: 1,
        highpassHz: 32,
        useWandb: true,
        trainConfig: `${directory}/train.yaml`,
        image: "ghcr.io/ml4gw/aframe/train:main",
        resources: { gpus: 4, cpusPerGpu: 12, memoryPerCpuGb: 1, minGpuMemoryMb: 15000 },
        git: { url: "git@github.com:albert.einstein/aframev2.git", ref: "my-feature", checkHostKey: true },
    });
    assert.deepEqual(settings.s3, {
        endpoint: "https://s3-central.nrp-nautilus.io",
        podEndpoint: "http://rook-ceph-rgw-centrals3.rook-central",
    });
    assert.deepEqual(settings.ssh, { file: "/home/somebody/.ssh/id_ed25519" });
    assert.deepEqual(settings.wandb, { project: "gravity", tags: ["one", "two"] });
    const uri = "s3://my-bucket/run/training";
    assert.deepEqual(settings.directories.run, { kind: "s3", bucket: "my-bucket", prefix: "run/training", uri });
    assert.deepEqual(settings.directories.tmp, { kind: "local", path: `${directory}/tmp` });
});

test("an empty cfg gives the defaults, and local training", () => {
    const { settings, warnings } = readSample();
    assert.deepEqual(warnings, []);
    assert.deepEqual(settings.training, {
        where: "local",
        ifos: ["H1", "L1"],
        seed: 1122,
        kernelLengthSeconds: 1.5,
        sampleRateHz: 2048,
        fdurationSeconds: 1,
        highpassHz: 32,
        useWandb: false,
        trainConfig: `${directory}/train.yaml`,
    });
    assert.deepEqual(settings.s3, {});
    assert.deepEqual(settings.ssh, { file: "/home/somebody/.ssh/id_rsa" });
});

test("training is local on S3 data, and remote without git, as the directories and the cfg say", () => {
    const environment = { ...localDirectories, AFRAME_TRAIN_DATA_DIR: "s3://my-bucket/run/data" };
    assert.equal(readSample({ environment }).settings.training.where, "local");
    const remote = readSample({ environment: remoteDirectories, stack: { kubernetes } }).settings.training;
    assert.ok(remote.where === "remote" && remote.git === undefined);
});

test("stack config beats law's variables, which beat the file, which beats what it inherits, which beats the default; each value knows its origin", () => {
    const { settings } = readSample({
        ...document,
        environment: { ...document.environment, LAW__luigi_Train__request_gpus: "3", LAW__luigi_base__Tb: "7" },
        stack: { kubernetes, settings: { luigi_base: { highpass: 30 }, luigi_Train: { request_gpus: 2 } } },
    });
    const rows: readonly (readonly [section: string, key: string, value: string, origin: string, via: string[]])[] = [
        ["luigi_Train", "request_gpus", "2", "stack config aframe:settings.luigi_Train.request_gpus", []],
        ["luigi_Train", "highpass", "30", "stack config aframe:settings.luigi_base.highpass", ["luigi_base::highpass"]],
        ["luigi_base", "Tb", "7", "stack config aframe:environment.LAW__luigi_base__Tb", []],
        ["luigi_Train", "cpus_per_gpu", "12", "sandbox.cfg:15", []],
        ["luigi_Train", "seed", "42", "base.cfg:17", ["luigi_base::seed"]],
        ["luigi_Train", "min_gpu_memory", "15000", "default", []],
        ["luigi_FetchTrain", "channels", '["H1", "L1"]', "base.cfg:8", ["luigi_base::channels", "luigi_base::ifos"]],
        ["luigi_SandboxSV", "mass_combos", "[[35, 35],\n[35, 20],\n\n[20, 10]]", "base.cfg:40", []],
        [
            "luigi_paths",
            "results_dir",
            `${directory}/results`,
            "stack config aframe:environment.AFRAME_RESULTS_DIR",
            [],
        ],
    ];
    for (const [section, key, value, origin, via] of rows) {
        const row = find(settings.values, section, key);
        assert.deepEqual([row.value, describeOrigin(row.origin), row.via], [value, origin, via], `[${section}] ${key}`);
    }
    assert.equal(settings.training.highpassHz, 30);
});

test("values come in file order of first appearance, parents first, then the defaults", () => {
    const cfg = "[core]\ninherit = base.cfg\n[luigi_Train]\nseed = 3\n[luigi_base]\nTb = 5\n[mine]\na = 1";
    const { settings } = readSample({ cfg, files: { "base.cfg": '[luigi_base]\nifos = ["H1", "L1"]\n' } });
    const given = settings.values
        .filter(({ origin, via }) => origin.kind === "file" && via.length === 0)
        .map(({ section, key }) => `${section}.${key}`);
    assert.deepEqual(given, ["luigi_base.ifos", "luigi_base.Tb", "core.inherit", "luigi_Train.seed", "mine.a"]);
});

test("an empty value means the default where a type has no empty value", () => {
    const { settings } = readSample({ cfg: "[luigi_base]\nsample_rate =\nlowpass =\n[luigi_Train]\nseed =" });
    assert.equal(settings.training.sampleRateHz, 2048);
    assert.equal(settings.training.seed, 1122);
    assert.equal(settings.training.lowpassHz, undefined);
    assert.deepEqual(find(settings.values, "luigi_base", "sample_rate").origin, { kind: "default" });
});

test("the stack's environment stands in for absent service settings", () => {
    const environment = { ...localDirectories, AWS_ENDPOINT_URL: "http://127.0.0.1:5000", WANDB_PROJECT: "from-env" };
    const { settings } = readSample({ environment, cfg: "[luigi_wandb]\nproject = mine" });
    assert.equal(settings.s3.endpoint, "http://127.0.0.1:5000");
    assert.equal(settings.wandb.project, "mine");
    const origin = { kind: "environment", name: "AWS_ENDPOINT_URL" };
    assert.deepEqual(find(settings.values, "luigi_s3", "endpoint_url").origin, origin);
});

test("newer versions' names are read: train_config, right_pad, split train directories", () => {
    const { AFRAME_TRAIN_DATA_DIR: data = "", ...others } = localDirectories;
    const { settings, warnings } = readSample({
        cfg: "[luigi_base]\nright_pad = 2\n[luigi_Train]\ntrain_config = other.yaml\nprecompute_train_waveforms = true",
        files: { "other.yaml": "" },
        environment: { ...others, AFRAME_TRAIN_WAVEFORMS_DIR: data, AFRAME_TRAIN_BACKGROUND_DIR: "" },
    });
    assert.deepEqual(warnings, []);
    assert.equal(settings.training.trainConfig, `${directory}/other.yaml`);
    assert.deepEqual(settings.directories.trainData, { kind: "local", path: data });
    const keys = settings.values.map(({ section, key }) => `${section}.${key}`);
    assert.ok(!keys.includes("luigi_TrainingWaveforms.coalescence_time") && !keys.includes("luigi_Train.config"));
    assert.equal(find(settings.values, "luigi_TrainingWaveforms", "right_pad").value, "2");
});

test("both names of the init container switch are read", () => {
    for (const name of ["use_init_containers", "use_init_container"]) {
        const { training } = readSample({
            cfg: `[luigi_Train]\n${name} = TRUE`,
            environment: remoteDirectories,
            stack: { kubernetes },
        }).settings;
        assert.ok(training.where === "remote" && training.git?.ref === "main", name);
    }
    const same = "[luigi_Train]\nuse_init_containers = True\nuse_init_container = true";
    assert.deepEqual(problemsOf({ cfg: same }), []);
});

test("credentials are marked secret, also where they are referred to", () => {
    const cfg =
        "[luigi_s3]\naws_access_key_id = id\naws_secret_access_key = canary\n[mine]\na = &::luigi_s3::aws_secret_access_key";
    const { settings } = readSample({ cfg });
    assert.deepEqual(settings.s3, { accessKeyId: "id", secretAccessKey: "canary" });
    const secret = settings.values.filter((row) => row.secret).map(({ section, key }) => `${section}.${key}`);
    assert.deepEqual(secret, ["luigi_s3.aws_access_key_id", "luigi_s3.aws_secret_access_key", "mine.a"]);
});

test("a cfg is read from disk, and ~ is the user's home folder", () => {
    const stack = sampleStack({ environment: { ...localDirectories, AFRAME_DIR: fixtures } });
    const settings = loadExperiment({ ...stack, directory: fixtures });
    assert.match(settings.ssh.file, /^\/.+\/\.ssh\/id_ed25519$/);
    assert.equal(settings.training.seed, 42);
});

test("what is probably a slip is a warning with the name that was meant", () => {
    const cfg =
        "[luigi_Train]\nrequest_gpu = 4\nremote_image = train\nrequest_gpus = 9\n[luigi_Trian]\nx = 1\n[mine]\nx = 1";
    assert.deepEqual(readSample({ cfg }).warnings.map(describeProblem), [
        "sandbox.cfg:2: [luigi_Train] request_gpu: unknown key (did you mean request_gpus?)",
        "sandbox.cfg:6: [luigi_Trian]: unknown section (did you mean luigi_Train?)",
        "sandbox.cfg:8: [mine]: unknown section",
        "sandbox.cfg:3: [luigi_Train] remote_image: train has no tag or digest, so it may be another image at each start",
        "sandbox.cfg:4: [luigi_Train] request_gpus: 9 GPUs for one pod: most nodes have 8 at most, and a pod runs on one node",
    ]);
});

// Every mistake in an experiment's configuration, with the message it gets.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are law's variables
import assert from "node:assert/strict";
import { test } from "node:test";
import { directory, kubernetes, localDirectories, problemsOf, remoteDirectories, type Sample } from "./sample.ts";

const train = (lines: string): Sample => ({ cfg: `[luigi_Train]\n${lines}` });
const base = (lines: string): Sample => ({ cfg: `[luigi_base]\n${lines}` });
const remote = (environment: Readonly<Record<string, string>>): Sample => ({
    environment: { ...remoteDirectories, ...environment },
    stack: { kubernetes },
});
const local = (environment: Readonly<Record<string, string>>): Sample => ({
    environment: { ...localDirectories, ...environment },
});

const from = "stack config aframe:environment.";
const atTrain = "sandbox.cfg:2: [luigi_Train]";

const mistakes: readonly (readonly [title: string, sample: Sample, ...lines: string[]])[] = [
    [
        "no memory",
        train("memory_per_cpu = 0"),
        `${atTrain} memory_per_cpu: 0 is out of range: must be more than 0 and at most 1024 GB`,
    ],
    [
        "memory in MB",
        train("memory_per_cpu = 1000"),
        `${atTrain} memory_per_cpu: 8 GPUs x 12 CPUs x 1000 GB make 96000 GB, more than 16000 GB`,
    ],
    ["a wrong boolean", train("use_wandb = yes"), `${atTrain} use_wandb: "yes" is not true or false`],
    [
        "two names that differ",
        train("use_init_containers = true\nuse_init_container = false"),
        "sandbox.cfg:3: [luigi_Train] use_init_container: false differs from use_init_containers = true at sandbox.cfg:2 " +
            "(keep one of the two)",
    ],
    ["no git_ref", train("git_ref = &::none\nnone ="), "sandbox.cfg:3: [luigi_Train] none: needs a value"],
    [
        "a missing train.yaml",
        train("config = none.yaml"),
        `${atTrain} config: there is no file ${directory}/none.yaml (aframe-init makes a train.yaml)`,
    ],
    [
        "an unset variable in a path",
        train("config = $NONE/train.yaml"),
        `${atTrain} config: $NONE/train.yaml uses NONE, which is not set (set it in the stack's environment map)`,
    ],
    [
        "another user's home",
        { cfg: "[luigi_ssh]\nssh_file = ~other/id" },
        "sandbox.cfg:2: [luigi_ssh] ssh_file: ~other/id is not supported (write the full path)",
    ],
    [
        "a directory in the cfg",
        train("run_dir = s3://bucket/run"),
        `${atTrain} run_dir: is decided by AFRAME_TRAIN_RUN_DIR, not by the cfg (remove it and set AFRAME_TRAIN_RUN_DIR)`,
    ],
    [
        "a wrong endpoint",
        { cfg: "[luigi_s3]\nendpoint_url = $AWS_ENDPOINT_URL" },
        "sandbox.cfg:2: [luigi_s3] endpoint_url: $AWS_ENDPOINT_URL uses AWS_ENDPOINT_URL, which is not set " +
            "(set it in the stack's environment map)",
    ],
    [
        "half of the credentials",
        { cfg: "[luigi_s3]\naws_access_key_id = id" },
        "sandbox.cfg:2: [luigi_s3] aws_access_key_id: is given without aws_secret_access_key",
    ],
    [
        "a credential that law cannot read",
        { cfg: "[luigi_wandb]\napi_key = canary%canary" },
        "sandbox.cfg:2: [luigi_wandb] api_key: law cannot read this value (it holds a %, $ or &)",
    ],
    [
        "stages that disagree",
        train("kernel_length = 2"),
        "[luigi_ExportLocal] kernel_length: 1.5 differs from [luigi_Train] kernel_length = 2 at sandbox.cfg:2 " +
            "(set it once, in [luigi_base])",
    ],
    [
        "a value for one of two stages",
        train("q = 20"),
        "[luigi_ExportLocal] q: empty differs from [luigi_Train] q = 20 at sandbox.cfg:2 (set it once, in [luigi_base])",
    ],
    [
        "a period that ends first",
        base("train_stop = 5"),
        "sandbox.cfg:2: [luigi_FetchTrain] end: 5 is not after the start 1240579783",
    ],
    [
        "a detector twice",
        base('ifos = ["H1", "H1"]'),
        'sandbox.cfg:2: [luigi_base] ifos: must name each detector once (["H1", "L1"])',
    ],
    [
        "no detector",
        base('ifos = ["H1", "Hanford"]'),
        "sandbox.cfg:2: [luigi_base] ifos: Hanford is not a detector (such as H1, L1, V1)",
    ],
    ["too few shifts", base('ifos = ["H1", "L1", "V1"]'), "[luigi_base] shifts: has 2 entries for 3 detectors"],
    [
        "highpass above all",
        base("highpass = 2000"),
        "sandbox.cfg:2: [luigi_base] highpass: 2000 Hz is not below half the sample rate, 1024 Hz",
    ],
    [
        "lowpass below highpass",
        base("lowpass = 20"),
        "sandbox.cfg:2: [luigi_base] lowpass: 20 Hz is not above highpass, 32 Hz",
    ],
    [
        "a wrong workflow",
        { cfg: "[luigi_FetchTrain]\nworkflow = slurm" },
        'sandbox.cfg:2: [luigi_FetchTrain] workflow: "slurm" is not one of htcondor, local',
    ],
    [
        "a required value left empty",
        base("train_start = &::none\nnone ="),
        "sandbox.cfg:3: [luigi_base] none: needs a value",
    ],
    [
        "an override that is wrong",
        { stack: { settings: { luigi_Train: { request_gpus: 0 } } } },
        "stack config aframe:settings.luigi_Train.request_gpus: [luigi_Train] request_gpus: 0 is out of range: " +
            "must be at least 1 and at most 64",
    ],
    [
        "test data on S3",
        remote({ AFRAME_TEST_DATA_DIR: "s3://my-bucket/run/data/test" }),
        `${from}AFRAME_TEST_DATA_DIR: s3://my-bucket/run/data/test must be a local directory: ` +
            "only train data and run directory may be on S3",
    ],
    [
        "no cluster",
        { environment: remoteDirectories },
        "stack config: aframe:kubernetes: is not set, and training is remote because the run directory is on S3 " +
            "(set its context and namespace)",
    ],
    [
        "an unset directory",
        local({ AFRAME_RESULTS_DIR: "" }),
        `${from}AFRAME_RESULTS_DIR: is not set (start run.sh once, or set it in the stack's environment map)`,
    ],
    [
        "a relative directory",
        local({ AFRAME_CONDOR_DIR: "condor" }),
        `${from}AFRAME_CONDOR_DIR: "condor" is not an absolute path (an absolute path or s3://bucket/prefix)`,
    ],
    [
        "one directory for two things",
        local({ AFRAME_TEST_DATA_DIR: `${directory}/data/train/` }),
        `${from}AFRAME_TEST_DATA_DIR: ${directory}/data/train is also AFRAME_TRAIN_DATA_DIR (use separate directories)`,
    ],
    [
        "a prefix inside another",
        remote({ AFRAME_TRAIN_RUN_DIR: "s3://my-bucket/run/data/train/run" }),
        `${from}AFRAME_TRAIN_RUN_DIR: s3://my-bucket/run/data/train/run and AFRAME_TRAIN_DATA_DIR ` +
            "s3://my-bucket/run/data/train overlap (use separate directories)",
    ],
    [
        "split train data",
        local({ AFRAME_TRAIN_DATA_DIR: "", AFRAME_TRAIN_WAVEFORMS_DIR: "/w", AFRAME_TRAIN_BACKGROUND_DIR: "/b" }),
        `${from}AFRAME_TRAIN_BACKGROUND_DIR: /b and /w differ; one train data directory is supported`,
    ],
    [
        "one wrong value that many sections refer to",
        base("sample_rate = 2048Hz"),
        'sandbox.cfg:2: [luigi_base] sample_rate: "2048Hz" is not a number such as 4, 1.5 or 2e3',
    ],
    [
        "several mistakes at once",
        {
            cfg: "[luigi_Train]\nseed = x\nseed = 1\n[luigi_ssh]\nssh_file = &::none",
            environment: { ...localDirectories, AFRAME_TMPDIR: "tmp" },
        },
        "sandbox.cfg:3: [luigi_Train] seed: duplicate key, first at line 2 (keep one of them)",
        'sandbox.cfg:2: [luigi_Train] seed: "x" is not a whole number such as 4 or 500_000',
        "sandbox.cfg:5: [luigi_ssh] ssh_file: refers to luigi_ssh::none, which does not exist",
        `${from}AFRAME_TMPDIR: "tmp" is not an absolute path (an absolute path or s3://bucket/prefix)`,
    ],
];

for (const [title, sample, ...lines] of mistakes) {
    test(`${title} is refused`, () => {
        assert.deepEqual(problemsOf(sample), lines);
    });
}

test("no message shows a credential", () => {
    const cfg =
        "[luigi_s3]\naws_secret_access_key = canary${X}\n[luigi_Train]\nseed = &::luigi_s3::aws_secret_access_key";
    assert.doesNotMatch(problemsOf({ cfg }).join("\n"), /canary/);
});

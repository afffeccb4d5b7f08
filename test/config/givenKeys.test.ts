// What is said of keys that nothing reads, that another section has, or that change nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { renderConfigFiles } from "../../cli/init/templates.ts";
import { knownSections } from "../../config/defaults.ts";
import { describeProblem } from "../../config/errors.ts";
import { directory, kubernetes, localDirectories, readSample, remoteDirectories, type Sample } from "./sample.ts";

const warningsOf = (sample: Sample) => readSample(sample).warnings.map(describeProblem);

const remote = { environment: remoteDirectories, stack: { kubernetes } };

const doubts: readonly (readonly [title: string, sample: Sample, ...lines: string[]])[] = [
    [
        "a misspelt key",
        { cfg: "[luigi_Train]\nkernel_lenght = 2" },
        "sandbox.cfg:2: [luigi_Train] kernel_lenght: unknown key (did you mean kernel_length?)",
    ],
    [
        "a misspelt section",
        { cfg: "[luigi_train]\nseed = 2" },
        "sandbox.cfg:2: [luigi_train]: unknown section (did you mean luigi_Train?)",
    ],
    ["a key like no other", { cfg: "[luigi_ssh]\ncolour = red" }, "sandbox.cfg:2: [luigi_ssh] colour: unknown key"],
    [
        "a key of another section",
        { cfg: "[luigi_ssh]\ngit_url = git@host:a.git" },
        "sandbox.cfg:2: [luigi_ssh] git_url: unknown key (is a key of [luigi_Train])",
    ],
    [
        "a key of several other sections",
        { cfg: "[luigi_Train]\nsnr_threshold = 4" },
        "sandbox.cfg:2: [luigi_Train] snr_threshold: unknown key " +
            "(is a key of [luigi_ValidationWaveforms] and [luigi_TestingWaveforms])",
    ],
    [
        "an unknown key of the stack's config",
        { stack: { settings: { luigi_Train: { request_gpu: 1 } } } },
        "stack config aframe:settings.luigi_Train.request_gpu: [luigi_Train] request_gpu: unknown key " +
            "(did you mean request_gpus?)",
    ],
    [
        "a value for others that none refers to",
        { cfg: "[luigi_base]\nhigpass = 30\nmine = 1\n[luigi_Train]\nseed = &::luigi_base::mine" },
        "sandbox.cfg:2: [luigi_base] higpass: unknown key, and nothing refers to it (did you mean highpass?)",
    ],
    [
        "the batch size of older versions",
        { cfg: "[luigi_base]\nbatch_size = 256" },
        "sandbox.cfg:2: [luigi_base] batch_size: has no effect: no task reads it " +
            "(set data.init_args.batch_size in train.yaml)",
    ],
    [
        "the number of a sequence",
        { cfg: "[luigi_SandboxInfer]\nsequence_id = 7" },
        "sandbox.cfg:2: [luigi_SandboxInfer] sequence_id: has no effect: the task makes the numbers of segments and shifts " +
            "(remove it)",
    ],
    [
        "an image that is handed to nothing",
        { cfg: "[luigi_Train]\nimage = /images/train.sif" },
        "sandbox.cfg:2: [luigi_Train] image: has no effect: Aframe hands it down to neither local nor remote training " +
            "(set it in [luigi_TrainLocal], or remote_image here)",
    ],
    [
        "a relative image, as Aframe takes its own",
        { cfg: "[luigi_FetchTrain]\nimage = my.sif\n[luigi_TrainLocal]\nimage = /right.sif" },
        "sandbox.cfg:2: [luigi_FetchTrain] image: has no effect: my.sif is no absolute path, and Aframe takes its own image " +
            "then (write the full path, or set container_root)",
    ],
    [
        "keys of [luigi_Train] in the sections of its variants, at their own lines",
        {
            cfg:
                "[luigi_base]\nseed = 3\n[luigi_TrainLocal]\nseed = &::luigi_base::seed\nq = 5\n" +
                "[luigi_TrainRemote]\nrequest_gpus = 2\nuse_init_container = true",
        },
        "sandbox.cfg:4: [luigi_TrainLocal] seed: has no effect: [luigi_Train] decides for local and remote training " +
            "(set it in [luigi_Train])",
        "sandbox.cfg:5: [luigi_TrainLocal] q: has no effect: [luigi_Train] decides for local and remote training " +
            "(set it in [luigi_Train])",
        "sandbox.cfg:7: [luigi_TrainRemote] request_gpus: has no effect: [luigi_Train] decides for local and remote training " +
            "(set it in [luigi_Train])",
        "sandbox.cfg:8: [luigi_TrainRemote] use_init_container: has no effect: " +
            "[luigi_Train] decides for local and remote training (set it in [luigi_Train])",
    ],
    [
        "what only tuning reads",
        { cfg: "[luigi_wandb]\nusername = me\n[luigi_TuneRemote]\ngit_ref = main\n[luigi_ray_worker]\nreplicas = x" },
        "sandbox.cfg:2: [luigi_wandb] username: has no effect: " +
            "only tuning reads it, which is not part of a sandbox experiment (remove it)",
        "sandbox.cfg:4: [luigi_TuneRemote] git_ref: has no effect: tuning is not part of a sandbox experiment (remove it)",
        "sandbox.cfg:6: [luigi_ray_worker] replicas: has no effect: tuning is not part of a sandbox experiment (remove it)",
    ],
    [
        "luigi's idea of a cluster",
        { cfg: "[luigi_kubernetes]\nkubernetes_namespace = mine" },
        "sandbox.cfg:2: [luigi_kubernetes] kubernetes_namespace: has no effect: the stack says where training runs " +
            "(set aframe:kubernetes)",
    ],
    [
        "what the stack says for all stages",
        { cfg: "[luigi_FetchTrain]\ngpus = 0,1\n[luigi_ExportLocal]\ndev = true\ntrain_task = TrainRemote" },
        "sandbox.cfg:2: [luigi_FetchTrain] gpus: has no effect: all stages run as the stack says (set aframe:gpus)",
        "sandbox.cfg:4: [luigi_ExportLocal] dev: has no effect: all stages run as the stack says (set aframe:dev)",
        "sandbox.cfg:5: [luigi_ExportLocal] train_task: has no effect: " +
            "training is remote when AFRAME_TRAIN_RUN_DIR is on S3, and local otherwise (set AFRAME_TRAIN_RUN_DIR)",
    ],
    [
        "memory that no job is retried with, and a checkpoint of the oldest versions",
        { cfg: "[luigi_FetchTest]\nmax_memory = 7G\n[luigi_Train]\nckpt_path = /x.ckpt" },
        "sandbox.cfg:2: [luigi_FetchTest] max_memory: has no effect: no task retries its jobs with more memory " +
            "(set request_memory)",
        "sandbox.cfg:4: [luigi_Train] ckpt_path: has no effect: train.yaml has it (set ckpt_path in train.yaml)",
    ],
    [
        "a branch of one's own that is not switched on",
        { ...remote, cfg: "[luigi_Train]\ngit_ref = my-feature" },
        "sandbox.cfg:2: [luigi_Train] git_ref: has no effect: use_init_containers is off, so the image's own code trains " +
            "(write use_init_containers = True)",
    ],
    [
        "code from git for a local training",
        { cfg: "[luigi_Train]\nuse_init_containers = True\ngit_ref = my-feature" },
        "sandbox.cfg:2: [luigi_Train] use_init_containers: has no effect: training is local, with the code of the container " +
            "image (set AFRAME_TRAIN_RUN_DIR to an s3:// address to train remotely, or aframe:dev)",
    ],
];

for (const [title, sample, ...lines] of doubts) {
    test(`${title} is a warning`, () => {
        assert.deepEqual(warningsOf(sample), lines);
    });
}

test("defaults say nothing, even of keys that have no effect, however they are written", () => {
    const cfg = "[luigi_base]\nbatch_size = 5_12 # note\n[luigi_SandboxInfer]\nsequence_id = 1001";
    assert.deepEqual(warningsOf({ cfg }), []);
});

test("what aframe-init writes is read without a word, for local and for remote training", async () => {
    const { "sandbox.cfg": cfg, ...files } = await renderConfigFiles(directory);
    assert.deepEqual(warningsOf({ cfg, files, environment: localDirectories }), []);
    assert.deepEqual(warningsOf({ cfg, files, ...remote }), []);
});

test("a key has no effect for a reason, and something can be done instead", () => {
    for (const { name, keys } of knownSections) {
        for (const { key, noEffect, instead } of keys) {
            assert.equal(noEffect === undefined, instead === undefined, `[${name}] ${key}`);
            assert.doesNotMatch(`${noEffect ?? ""}${instead ?? ""}`, /\.$/, `[${name}] ${key}`);
        }
    }
});

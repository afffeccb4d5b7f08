// Known keys of the sections that train: [luigi_Train], and its local and remote variants.
import { containerTask } from "./execution.ts";
import { type KnownKey, type KnownSection, withoutEffect } from "./known.ts";
import { fduration, fftlength, highpass, ifos, kernelLength, lowpass, sampleRate, seed, shared } from "./shared.ts";

/** Keys that TrainLocal needs as well: upstream's pipeline hands them down, a stage run alone gets them by its cfg. */
export const trainingKeys: readonly KnownKey[] = [
    {
        key: "config",
        type: "path",
        default: "train.yaml",
        aliases: ["train_config"],
        meaning: "Lightning yaml of the training; relative to the experiment directory",
    },
    shared(ifos),
    shared(fftlength),
    shared(kernelLength),
    shared(sampleRate),
    shared(highpass),
    shared(lowpass),
    shared(fduration),
    {
        key: "q",
        type: "optionalFloat",
        above: 0,
        taskDefault: "none",
        meaning: "Q of the Q-transform, if the model has one",
    },
    shared(seed),
    {
        key: "use_wandb",
        type: "bool",
        default: "false",
        meaning: "log to Weights & Biases; needs an API key, see [luigi_wandb]",
    },
    {
        key: "precompute_train_waveforms",
        type: "bool",
        taskDefault: "false",
        meaning: "take the signals from files, not simulate them while training (newer versions)",
    },
];

export const remoteKeys: readonly KnownKey[] = [
    {
        key: "remote_image",
        type: "image",
        default: "ghcr.io/ml4gw/aframe/train:main",
        meaning: "container image of the training pod",
    },
    {
        key: "min_gpu_memory",
        type: "int",
        unit: "MB",
        default: "15000",
        min: 0,
        max: 1_000_000,
        meaning: "the pod's GPUs must have more memory than this",
    },
    { key: "request_gpus", type: "int", default: "8", min: 1, max: 64, meaning: "GPUs of the training pod" },
    { key: "cpus_per_gpu", type: "int", default: "12", min: 1, max: 256, meaning: "CPUs of the pod for each GPU" },
    {
        key: "memory_per_cpu",
        type: "float",
        unit: "GB",
        default: "4",
        above: 0,
        max: 1024,
        meaning: "memory of the pod for each CPU; 32 GB are added to the sum",
    },
    {
        key: "use_init_containers",
        type: "bool",
        default: "false",
        aliases: ["use_init_container"],
        meaning: "train with the code of git_url at git_ref instead of the image's",
    },
    {
        key: "git_url",
        type: "gitUrl",
        default: "git@github.com:ML4GW/aframev2.git",
        meaning: "git repository of the code, over https or with the key of [luigi_ssh]",
    },
    {
        key: "git_ref",
        type: "gitRef",
        default: "main",
        meaning: "branch, tag or commit of the code; pinned to a commit when it is first used",
    },
];

const directories: readonly KnownKey[] = [
    { key: "run_dir", type: "path", decidedBy: "AFRAME_TRAIN_RUN_DIR", meaning: "folder of the trained model" },
    { key: "data_dir", type: "path", decidedBy: "AFRAME_TRAIN_DATA_DIR", meaning: "folder of the training data" },
    { key: "background_dir", type: "path", decidedBy: "AFRAME_TRAIN_DATA_DIR", meaning: "folder of the strain" },
    { key: "waveforms_dir", type: "path", decidedBy: "AFRAME_TRAIN_DATA_DIR", meaning: "folder of the signals" },
];

const ignoredImage: KnownKey = {
    key: "image",
    type: "string",
    meaning: "container image of local training",
    noEffect: "Aframe hands it down to neither local nor remote training",
    instead: "set it in [luigi_TrainLocal], or remote_image here",
};

const fromTrain = ["[luigi_Train] decides for local and remote training", "set it in [luigi_Train]"] as const;

export const trainingSections: readonly KnownSection[] = [
    {
        name: "luigi_Train",
        meaning: "The training run, local or remote, and the resources of the remote one.",
        keys: [
            ...trainingKeys,
            ...remoteKeys,
            ...directories,
            ...containerTask.map((key) => (key.key === "image" ? ignoredImage : key)),
            {
                key: "ckpt_path",
                type: "string",
                meaning: "checkpoint to go on from, in the oldest versions",
                noEffect: "train.yaml has it",
                instead: "set ckpt_path in train.yaml",
            },
        ],
    },
    {
        name: "luigi_TrainLocal",
        meaning: "Local training only; what [luigi_Train] also has is taken from there.",
        optional: true,
        keys: [...withoutEffect(trainingKeys, ...fromTrain), ...directories, ...containerTask],
    },
    {
        name: "luigi_TrainRemote",
        meaning: "Without effect: set the keys in [luigi_Train].",
        optional: true,
        keys: [...withoutEffect([...trainingKeys, ...remoteKeys, ...containerTask], ...fromTrain), ...directories],
    },
];

// Known keys of the sections that use the model: export, inference and sensitive volume.
import { condorTask, containerTask } from "./execution.ts";
import type { KnownKey, KnownSection } from "./known.ts";
import {
    fduration,
    fftlength,
    highpass,
    ifos,
    kernelLength,
    lowpass,
    psdLength,
    sampleRate,
    seconds,
    shared,
    shifts,
    streamsPerGpu,
} from "./shared.ts";

const q: KnownKey = {
    key: "q",
    type: "optionalFloat",
    above: 0,
    meaning: "Q of the Q-transform, if the model has one",
};
const batchSize: KnownKey = {
    key: "batch_size",
    type: "int",
    default: "&::luigi_base::inference_batch_size",
    min: 1,
    meaning: "kernels per inference request",
};
const samplingRate: KnownKey = {
    key: "inference_sampling_rate",
    type: "float",
    unit: "Hz",
    default: "&::luigi_base::inference_sampling_rate",
    above: 0,
    meaning: "network outputs per second of strain",
};
const resultsDirectory = { type: "path", decidedBy: "AFRAME_RESULTS_DIR" } as const;
const trainTask: KnownKey = {
    key: "train_task",
    type: "string",
    meaning: "task that trains",
    noEffect: "training is remote when AFRAME_TRAIN_RUN_DIR is on S3, and local otherwise",
    instead: "set AFRAME_TRAIN_RUN_DIR",
};

const exportLocal: KnownSection = {
    name: "luigi_ExportLocal",
    meaning: "The trained model, turned into a Triton model repository.",
    keys: [
        shared(fftlength),
        q,
        shared(fduration),
        shared(kernelLength),
        samplingRate,
        shared(sampleRate),
        {
            key: "platform",
            type: "string",
            default: "TENSORRT",
            choices: ["TENSORRT", "TORCHSCRIPT"],
            meaning: "kind of model: TENSORRT, which needs a GPU, or TORCHSCRIPT",
        },
        shared(ifos),
        batchSize,
        psdLength,
        { ...shared(highpass), meaning: `${highpass.meaning}; newer versions take it from export_config` },
        shared(lowpass),
        shared(streamsPerGpu),
        { key: "aframe_instances", type: "int", default: "6", min: 1, meaning: "copies of the network on each GPU" },
        { key: "preproc_instances", type: "int", default: "1", min: 1, meaning: "copies of the preprocessor" },
        { key: "clean", type: "bool", default: "true", meaning: "start with an empty model repository" },
        { key: "export_config", type: "path", meaning: "yaml of the export (newer versions)" },
        {
            key: "batch_file",
            type: "path",
            taskDefault: "the one beside the trained model",
            meaning: "sample batch, which gives the shape of the input",
        },
        { ...resultsDirectory, key: "repository_directory", meaning: "folder of the model repository" },
        trainTask,
        ...containerTask,
    ],
};

const infer: KnownSection = {
    name: "luigi_SandboxInfer",
    meaning: "Inference over the test data, with and without injected signals.",
    keys: [
        shared(fduration),
        batchSize,
        psdLength,
        shared(ifos),
        samplingRate,
        {
            ...seconds,
            key: "cluster_window_length",
            default: "8",
            above: 0,
            meaning: "an event is the loudest output of this window",
        },
        {
            ...seconds,
            key: "integration_window_length",
            default: "1",
            above: 0,
            meaning: "outputs of the network are averaged over this window",
        },
        { ...seconds, key: "Tb", default: "&::luigi_base::Tb", min: 0, meaning: "background live time to analyse" },
        shared(shifts),
        shared(streamsPerGpu),
        {
            key: "rate_per_gpu",
            type: "float",
            unit: "1/s",
            default: "70",
            above: 0,
            meaning: "inference requests sent to each GPU",
        },
        { key: "zero_lag", type: "bool", taskDefault: "true", meaning: "analyse the unshifted data too" },
        { key: "model_name", type: "string", default: "aframe-stream", meaning: "model in the repository" },
        {
            key: "model_version",
            type: "int",
            default: "-1",
            min: -1,
            meaning: "version of the model; -1 for the latest",
        },
        {
            key: "triton_image",
            type: "string",
            default: "hermes/tritonserver:23.01",
            meaning: "container image of the Triton server",
        },
        {
            key: "sequence_id",
            type: "int",
            default: "1001",
            min: 0,
            meaning: "number of the first sequence of requests",
            noEffect: "the task makes the numbers of segments and shifts",
            instead: "remove it",
        },
        {
            key: "remove_tmpdir",
            type: "bool",
            taskDefault: "true",
            meaning: "delete the parts after they are merged",
        },
        {
            key: "return_timeseries",
            type: "bool",
            taskDefault: "false",
            meaning: "keep the network's output (newer versions)",
        },
        { ...resultsDirectory, key: "output_dir", meaning: "folder of the results" },
        trainTask,
        ...condorTask({ memory: "6G", disk: "1G", cpus: "1" }),
        ...containerTask,
    ],
};

const sensitiveVolume: KnownSection = {
    name: "luigi_SandboxSV",
    meaning: "Sensitive volume against false-alarm rate, with its plot.",
    keys: [
        {
            key: "mass_combos",
            type: "pairList",
            unit: "solar masses",
            default: "[[35, 35], [35, 20], [20, 20], [20, 10]]",
            meaning: "pairs of masses to report",
        },
        shared(ifos),
        { key: "source_prior", type: "string", default: "&::luigi_base::prior", meaning: "Python path of the prior" },
        {
            ...seconds,
            key: "dt",
            above: 0,
            taskDefault: "no limit",
            meaning: "largest time between a signal and its event",
        },
        { ...resultsDirectory, key: "output_dir", meaning: "folder of the plots" },
        trainTask,
        ...containerTask,
    ],
};

export const inferenceSections: readonly KnownSection[] = [exportLocal, infer, sensitiveVolume];

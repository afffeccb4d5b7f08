// Known keys of the sections that make data: [luigi_base] and the fetch and waveform tasks.
import type { KnownKey, KnownSection } from "./known.ts";
import {
    condorTask,
    containerTask,
    fduration,
    fftlength,
    highpass,
    ifos,
    kernelLength,
    lowpass,
    sampleRate,
    seed,
    shared,
    shifts,
    streamsPerGpu,
    waveforms,
} from "./shared.ts";

const gps = { type: "float", unit: "GPS s", min: 0 } as const;
const seconds = { type: "float", unit: "s" } as const;

const channels: KnownKey = {
    key: "channels",
    type: "stringList",
    default: "&::ifos",
    meaning: "strain channel of each detector; H1, L1, V1 for open data",
};
const flag: KnownKey = {
    key: "flag",
    type: "string",
    default: "DATA",
    meaning: "data-quality flag; DATA for open data",
};
const maxDuration: KnownKey = { ...seconds, key: "max_duration", default: "20000", meaning: "longest strain file" };
const snrThreshold: KnownKey = {
    key: "snr_threshold",
    type: "float",
    default: "4",
    min: 0,
    meaning: "signals below this SNR are rejected and drawn again",
};

const base: KnownSection = {
    name: "luigi_base",
    meaning: "Values that several sections refer to; change them here.",
    open: true,
    keys: [
        ifos,
        { ...gps, key: "train_start", default: "1240579783", meaning: "start of the training data" },
        {
            ...gps,
            key: "train_stop",
            default: "1241443783",
            meaning: "end of the training data and start of the test data",
        },
        { ...gps, key: "test_stop", default: "1244035783", meaning: "end of the test data" },
        maxDuration,
        { ...seconds, key: "Tb", default: "31536000", min: 0, meaning: "background live time to analyse" },
        flag,
        channels,
        shifts,
        seed,
        streamsPerGpu,
        ...waveforms,
        kernelLength,
        { key: "batch_size", type: "int", default: "512", min: 1, meaning: "not used; train.yaml has the batch size" },
        fftlength,
        sampleRate,
        fduration,
        highpass,
        lowpass,
        {
            ...seconds,
            key: "inference_psd_length",
            default: "64",
            above: 0,
            meaning: "strain used for the PSD during inference",
        },
        {
            key: "inference_sampling_rate",
            type: "float",
            unit: "Hz",
            default: "4",
            above: 0,
            meaning: "network outputs per second of strain",
        },
        { key: "inference_batch_size", type: "int", default: "128", min: 1, meaning: "kernels per inference request" },
    ],
};

function fetch(which: { name: string; start: string; end: string; minDuration: string; split: string }): KnownSection {
    const variable = `AFRAME_${which.split}_DATA_DIR`;
    return {
        name: which.name,
        meaning: `Strain of the ${which.split === "TRAIN" ? "training" : "test"} period, from the detectors' archives.`,
        keys: [
            { ...gps, key: "start", default: `&::luigi_base::${which.start}`, meaning: "start of the period" },
            { ...gps, key: "end", default: `&::luigi_base::${which.end}`, meaning: "end of the period" },
            shared(sampleRate),
            {
                ...seconds,
                key: "min_duration",
                default: which.minDuration,
                min: 0,
                meaning: "shorter segments are left out",
            },
            shared(maxDuration),
            shared(flag),
            shared(ifos),
            shared(channels),
            { key: "prefix", type: "string", meaning: "start of the file names" },
            { key: "data_dir", type: "path", decidedBy: variable, meaning: "folder of the strain files" },
            { key: "segments_file", type: "path", decidedBy: variable, meaning: "list of segments" },
            ...condorTask({ memory: "6GB", disk: "200MB", cpus: "1" }),
            ...containerTask,
        ],
    };
}

const jobs: KnownKey = { key: "num_jobs", type: "int", min: 1, meaning: "jobs the signals are split over" };
const signals: KnownKey = { key: "num_signals", type: "int", min: 1, meaning: "number of simulated signals" };
const newerWaveforms: readonly KnownKey[] = [
    { key: "max_num_samples", type: "int", min: 1, meaning: "signals made at a time (newer versions)" },
    { key: "background_dir", type: "path", decidedBy: "AFRAME_TRAIN_DATA_DIR", meaning: "folder of the strain" },
];

const trainingWaveforms: KnownSection = {
    name: "luigi_TrainingWaveforms",
    meaning: "Simulated signals to train on.",
    keys: [
        { ...signals, default: "100000" },
        jobs,
        shared(sampleRate),
        ...waveforms.map((key) => (key.default === undefined ? key : shared(key))),
        { key: "output_dir", type: "path", decidedBy: "AFRAME_TRAIN_DATA_DIR", meaning: "folder of the signals" },
        ...condorTask({ memory: "64678 mb" }),
        ...containerTask,
    ],
};

const validationWaveforms: KnownSection = {
    name: "luigi_ValidationWaveforms",
    meaning: "Simulated signals to validate on while training.",
    keys: [
        { ...jobs, default: "20" },
        { ...signals, default: "20000" },
        shared(ifos),
        shared(highpass),
        shared(lowpass),
        shared(sampleRate),
        ...waveforms.map((key) => (key.default === undefined ? key : shared(key))),
        snrThreshold,
        { key: "output_dir", type: "path", decidedBy: "AFRAME_TRAIN_DATA_DIR", meaning: "folder of the signals" },
        { key: "tmp_dir", type: "path", decidedBy: "AFRAME_TMPDIR", meaning: "folder of the parts" },
        ...newerWaveforms,
        ...condorTask({ memory: "6GB", disk: "200MB", cpus: "1" }),
        ...containerTask,
    ],
};

const testingWaveforms: KnownSection = {
    name: "luigi_TestingWaveforms",
    meaning: "Simulated signals to measure the sensitivity with.",
    keys: [
        { ...signals, default: "500_000" },
        jobs,
        shared(shifts),
        { ...seconds, key: "spacing", default: "16", above: 0, meaning: "time between two injected signals" },
        { ...seconds, key: "buffer", default: "16", min: 0, meaning: "time kept free at both ends of a segment" },
        { ...seconds, key: "jitter", min: 0, meaning: "random move of each signal (newer versions)" },
        snrThreshold,
        shared(seed),
        { ...gps, key: "start", default: "&::luigi_base::train_stop", meaning: "start of the period" },
        { ...gps, key: "end", default: "&::luigi_base::test_stop", meaning: "end of the period" },
        shared(ifos),
        {
            ...seconds,
            key: "psd_length",
            default: "&::luigi_base::inference_psd_length",
            above: 0,
            meaning: "strain used for the PSD",
        },
        shared(sampleRate),
        ...waveforms.map((key) => (key.default === undefined ? key : shared(key))),
        shared(highpass),
        shared(lowpass),
        { key: "output_dir", type: "path", decidedBy: "AFRAME_TEST_DATA_DIR", meaning: "folder of the signals" },
        ...newerWaveforms,
        ...condorTask({ memory: "6GB", disk: "200MB", cpus: "1" }),
        ...containerTask,
    ],
};

export const dataSections: readonly KnownSection[] = [
    base,
    fetch({ name: "luigi_FetchTrain", start: "train_start", end: "train_stop", minDuration: "1024", split: "TRAIN" }),
    trainingWaveforms,
    validationWaveforms,
    fetch({ name: "luigi_FetchTest", start: "train_stop", end: "test_stop", minDuration: "128", split: "TEST" }),
    testingWaveforms,
];

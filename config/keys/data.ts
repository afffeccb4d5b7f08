// Known keys of the sections that make data: [luigi_base], strain, and signals.
import { condorTask, containerTask } from "./execution.ts";
import type { KnownKey, KnownSection } from "./known.ts";
import {
    fduration,
    fftlength,
    gps,
    highpass,
    ifos,
    kernelLength,
    lowpass,
    sampleRate,
    seconds,
    seed,
    shared,
    shifts,
    streamsPerGpu,
    waveforms,
} from "./shared.ts";
import { testingWaveforms, trainingWaveforms, validationWaveforms } from "./waveforms.ts";

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
const maxDuration: KnownKey = {
    ...seconds,
    key: "max_duration",
    default: "20000",
    meaning: "longest strain file; -1 for one file per segment",
};

const base: KnownSection = {
    name: "luigi_base",
    meaning: "Values that several sections refer to; change them here.",
    open: "by reference",
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
        {
            key: "batch_size",
            type: "int",
            default: "512",
            min: 1,
            meaning: "batch size of training in older versions",
            noEffect: "no task reads it",
            instead: "set data.init_args.batch_size in train.yaml",
        },
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
            { key: "prefix", type: "string", taskDefault: "background", meaning: "start of the file names" },
            { key: "data_dir", type: "path", decidedBy: variable, meaning: "folder of the strain files" },
            { key: "segments_file", type: "path", decidedBy: variable, meaning: "list of segments" },
            ...condorTask({ memory: "6GB", disk: "200MB", cpus: "1" }),
            ...containerTask,
        ],
    };
}

export const dataSections: readonly KnownSection[] = [
    base,
    fetch({ name: "luigi_FetchTrain", start: "train_start", end: "train_stop", minDuration: "1024", split: "TRAIN" }),
    trainingWaveforms,
    validationWaveforms,
    fetch({ name: "luigi_FetchTest", start: "train_stop", end: "test_stop", minDuration: "128", split: "TEST" }),
    testingWaveforms,
];

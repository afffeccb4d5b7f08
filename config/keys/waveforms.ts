// Known keys of the sections that simulate signals: to train on, to validate on, and to test with.
import { condorTask, containerTask } from "./execution.ts";
import type { KnownKey, KnownSection } from "./known.ts";
import {
    gps,
    highpass,
    ifos,
    lowpass,
    psdLength,
    sampleRate,
    seconds,
    seed,
    shared,
    shifts,
    waveforms,
} from "./shared.ts";

const snrThreshold: KnownKey = {
    key: "snr_threshold",
    type: "float",
    default: "4",
    min: 0,
    meaning: "signals below this SNR are rejected and drawn again",
};

const jobs: KnownKey = {
    key: "num_jobs",
    type: "int",
    min: 1,
    taskDefault: "10",
    meaning: "jobs the signals are split over",
};
const signals: KnownKey = { key: "num_signals", type: "int", min: 1, meaning: "number of simulated signals" };
const newerWaveforms: readonly KnownKey[] = [
    {
        key: "max_num_samples",
        type: "int",
        min: 1,
        taskDefault: "3000",
        meaning: "signals made at a time (newer versions)",
    },
    { key: "background_dir", type: "path", decidedBy: "AFRAME_TRAIN_DATA_DIR", meaning: "folder of the strain" },
];

export const trainingWaveforms: KnownSection = {
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

export const validationWaveforms: KnownSection = {
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

export const testingWaveforms: KnownSection = {
    name: "luigi_TestingWaveforms",
    meaning: "Simulated signals to measure the sensitivity with.",
    keys: [
        { ...signals, default: "500_000" },
        jobs,
        shared(shifts),
        { ...seconds, key: "spacing", default: "16", above: 0, meaning: "time between two injected signals" },
        { ...seconds, key: "buffer", default: "16", min: 0, meaning: "time kept free at both ends of a segment" },
        {
            ...seconds,
            key: "jitter",
            min: 0,
            taskDefault: "0.1",
            meaning: "random move of each signal (newer versions)",
        },
        snrThreshold,
        shared(seed),
        { ...gps, key: "start", default: "&::luigi_base::train_stop", meaning: "start of the period" },
        { ...gps, key: "end", default: "&::luigi_base::test_stop", meaning: "end of the period" },
        shared(ifos),
        psdLength,
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

// Known keys that several sections share, one by one and in groups.
import type { KnownKey } from "./known.ts";

/** A key whose default is the value of the same name, or of `name`, in `[luigi_base]`. */
export function shared(key: KnownKey, name = key.key): KnownKey {
    return { ...key, default: `&::luigi_base::${name}` };
}

export const ifos: KnownKey = {
    key: "ifos",
    type: "stringList",
    default: '["H1", "L1"]',
    meaning: "detectors",
};
export const sampleRate: KnownKey = {
    key: "sample_rate",
    type: "float",
    unit: "Hz",
    default: "2048",
    above: 0,
    meaning: "sample rate of all strain",
};
export const kernelLength: KnownKey = {
    key: "kernel_length",
    type: "float",
    unit: "s",
    default: "1.5",
    above: 0,
    meaning: "length of strain the network sees at a time",
};
export const fduration: KnownKey = {
    key: "fduration",
    type: "float",
    unit: "s",
    default: "1",
    above: 0,
    meaning: "length of the whitening filter",
};
export const highpass: KnownKey = {
    key: "highpass",
    type: "float",
    unit: "Hz",
    default: "32",
    min: 0,
    meaning: "high-pass frequency of the whitening",
};
export const lowpass: KnownKey = {
    key: "lowpass",
    type: "optionalFloat",
    unit: "Hz",
    default: "",
    above: 0,
    meaning: "low-pass frequency of the whitening; empty for none",
};
export const fftlength: KnownKey = {
    key: "fftlength",
    type: "optionalFloat",
    unit: "s",
    default: "",
    above: 0,
    meaning: "length of the FFTs of the PSD; empty for kernel_length + fduration",
};
export const shifts: KnownKey = {
    key: "shifts",
    type: "numberList",
    unit: "s",
    default: "[0, 1]",
    meaning: "time shift of each detector per shift step",
};
export const seed: KnownKey = {
    key: "seed",
    type: "int",
    default: "1122",
    min: 0,
    max: 4_294_967_295,
    meaning: "seed of the training run and of the testing waveforms",
};
export const streamsPerGpu: KnownKey = {
    key: "streams_per_gpu",
    type: "int",
    default: "6",
    min: 1,
    meaning: "inference streams served by each GPU",
};

/** Keys of every task that runs in a container. */
export const containerTask: readonly KnownKey[] = [
    { key: "image", type: "string", meaning: "absolute path of a container image instead of the task's own" },
    {
        key: "container_root",
        type: "path",
        meaning: "folder of the container images; AFRAME_CONTAINER_ROOT by default",
    },
    { key: "dev", type: "bool", meaning: "run the checkout's code; the stack's `dev` decides for all stages" },
    { key: "gpus", type: "csv", meaning: "GPU ids; the stack's `gpus` decides for all stages" },
    { key: "job_log", type: "string", meaning: "name of the log file of a batch job" },
];

/** Keys of every task that can run as a set of HTCondor jobs; values of `request` are that section's defaults. */
export function condorTask(request: { memory?: string; disk?: string; cpus?: string }): readonly KnownKey[] {
    const { memory, disk, cpus } = request;
    return [
        {
            key: "workflow",
            type: "string",
            default: "htcondor",
            choices: ["htcondor", "local"],
            meaning: "where the jobs run",
        },
        {
            key: "request_memory",
            type: "string",
            meaning: "memory of each job",
            ...(memory === undefined ? {} : { default: memory }),
        },
        {
            key: "request_disk",
            type: "string",
            meaning: "scratch disk of each job",
            ...(disk === undefined ? {} : { default: disk }),
        },
        {
            key: "request_cpus",
            type: "int",
            min: 1,
            meaning: "CPUs of each job",
            ...(cpus === undefined ? {} : { default: cpus }),
        },
        { key: "condor_directory", type: "path", meaning: "folder of submit files and job logs" },
        { key: "accounting_group", type: "string", meaning: "HTCondor accounting group; LIGO_GROUP by default" },
        { key: "accounting_group_user", type: "string", meaning: "HTCondor user; LIGO_USERNAME by default" },
        { key: "max_memory", type: "string", meaning: "upper limit of memory for jobs that are retried with more" },
        { key: "retries", type: "int", min: 0, meaning: "times a failed job is submitted again" },
        { key: "parallel_jobs", type: "int", meaning: "most jobs at a time" },
        { key: "poll_interval", type: "string", meaning: "time between two looks at the jobs" },
        { key: "walltime", type: "string", meaning: "longest run time of a job" },
        { key: "tasks_per_job", type: "int", min: 1, meaning: "branches that one job works on" },
    ];
}

/** The parameters of simulated signals. */
export const waveforms: readonly KnownKey[] = [
    {
        key: "waveform_approximant",
        type: "string",
        default: "IMRPhenomXPHM",
        meaning: "waveform model of the simulated signals",
    },
    {
        key: "waveform_duration",
        type: "float",
        unit: "s",
        default: "8",
        above: 0,
        meaning: "length of each simulated signal",
    },
    {
        key: "minimum_frequency",
        type: "float",
        unit: "Hz",
        default: "20",
        above: 0,
        meaning: "frequency at which a signal starts",
    },
    {
        key: "reference_frequency",
        type: "float",
        unit: "Hz",
        default: "50",
        above: 0,
        meaning: "frequency at which spins and phase are given",
    },
    {
        key: "coalescence_time",
        type: "float",
        unit: "s",
        default: "6",
        min: 0,
        unless: "right_pad",
        meaning: "position of the merger, from the start of the signal",
    },
    {
        key: "right_pad",
        type: "float",
        unit: "s",
        min: 0,
        meaning: "position of the merger, from the end of the signal (newer versions)",
    },
    {
        key: "prior",
        type: "string",
        default: "priors.priors.end_o3_ratesandpops",
        meaning: "Python path of the source distribution",
    },
];

// Known keys that several sections share, one by one and in groups.
import type { KnownKey } from "./known.ts";

/** A key whose default is the value of the same name, or of `name`, in `[luigi_base]`. */
export function shared(key: KnownKey, name = key.key): KnownKey {
    return { ...key, default: `&::luigi_base::${name}` };
}

export const gps = { type: "float", unit: "GPS s", min: 0 } as const;
export const seconds = { type: "float", unit: "s" } as const;

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

export const psdLength: KnownKey = {
    ...seconds,
    key: "psd_length",
    default: "&::luigi_base::inference_psd_length",
    above: 0,
    meaning: "strain used for the PSD",
};

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

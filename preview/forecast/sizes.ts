// How much a stage that makes data will make: what its earlier run made, else what its settings say.
import { collect } from "../../config/errors.ts";
import { parseValue } from "../../config/values.ts";
import { totalBytes } from "../../pipeline/stage/manifest.ts";
import type { StageRecord } from "../../pipeline/stage/records.ts";

export interface Size {
    readonly bytes: number;
    readonly files: number;
}

export const noSize: Size = { bytes: 0, files: 0 };

export function sumOf(sizes: readonly Size[]): Size {
    return sizes.reduce((sum, { bytes, files }) => ({ bytes: sum.bytes + bytes, files: sum.files + files }), noSize);
}

export function recordedSize({ manifest }: StageRecord): Size {
    return { bytes: totalBytes(manifest), files: manifest.artefacts.length };
}

/** `section.key` → value, as `settingsFor` gives them. */
type Settings = Readonly<Record<string, string>>;

/** What the last run made, in the proportion in which the settings ask for more or less now. */
export function expectedSize(stage: string, settings: Settings, last: StageRecord | undefined): Size | undefined {
    const now = sizeBySettings(stage, settings);
    const then = last?.settings && sizeBySettings(stage, last.settings);
    if (last === undefined || now === undefined || then === undefined || then.bytes === 0) {
        return now;
    }
    const { bytes, files } = recordedSize(last);
    return {
        bytes: Math.round((bytes * now.bytes) / then.bytes),
        files: Math.round((files * now.files) / then.files),
    };
}

/**
 * By what Aframe writes: HDF5 without compression, of 64-bit floats. Strain is what gwpy's resampling gives
 * (aframe/tasks/data/fetch.py), signals are numpy arrays of the default type (libs/ledger/ledger/injections.py), and
 * so are merged files (libs/ledger/ledger/ledger.py). The parameters of the signals, some 25 numbers beside some ten
 * thousand samples, are left out. Undefined for other stages, and when a setting is missing or wrong.
 */
export function sizeBySettings(stage: string, settings: Settings): Size | undefined {
    const size = formulas[stage]?.(new Numbers(`luigi_${stage}`, settings));
    return size && Number.isFinite(size.bytes) && size.bytes >= 0 && Number.isFinite(size.files) ? size : undefined;
}

const sampleBytes = 8;

/** As Aframe's own tasks split training signals when nothing is said: into one file for each job. */
const defaultJobs = 10;

const formulas: Readonly<Record<string, (settings: Numbers) => Size>> = {
    FetchTrain: strain,
    TrainingWaveforms: (settings) => ({
        // The two polarizations; a detector's strain is made of them while training.
        bytes: signals(settings, 2),
        files: settings.number("num_jobs", defaultJobs),
    }),
    ValidationWaveforms: (settings) => ({ bytes: signals(settings, settings.count("ifos")), files: 1 }),
    FetchTest: strain,
    TestingWaveforms: (settings) => ({ bytes: signals(settings, settings.count("ifos")), files: 2 }),
};

/**
 * detectors × seconds × sample_rate. Of how much of the span there are data is not known before it was asked for, so
 * this is the most there can be; and the files are the least, one for each max_duration, with the list of segments.
 */
function strain(settings: Numbers): Size {
    const seconds = settings.number("end") - settings.number("start");
    const longest = settings.number("max_duration", -1);
    return {
        bytes: settings.count("ifos") * seconds * settings.number("sample_rate") * sampleBytes,
        files: (longest > 0 ? Math.ceil(seconds / longest) : 1) + 1,
    };
}

/** num_signals × waveform_duration × sample_rate for each time series of a signal. */
function signals(settings: Numbers, series: number): number {
    const samples = Math.trunc(settings.number("waveform_duration") * settings.number("sample_rate"));
    return settings.number("num_signals") * series * samples * sampleBytes;
}

/** The values of one section as numbers; NaN for what is missing or wrong, which is reported elsewhere. */
class Numbers {
    private readonly section: string;
    private readonly settings: Settings;

    constructor(section: string, settings: Settings) {
        this.section = section;
        this.settings = settings;
    }

    number(key: string, otherwise = Number.NaN): number {
        return this.read(key, (text) => parseValue(text, "float")) ?? otherwise;
    }

    /** The length of a list. */
    count(key: string): number {
        return this.read(key, (text) => parseValue(text, "stringList").length) ?? Number.NaN;
    }

    private read(key: string, parse: (text: string) => number): number | undefined {
        const text = this.settings[`${this.section}.${key}`] ?? "";
        return text === "" ? undefined : collect([], {}, () => parse(text));
    }
}

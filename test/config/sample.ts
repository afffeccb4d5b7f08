// An experiment in memory, to be varied: its files, its stack, and what reading them gives.
import type { FileReader } from "../../config/cfg.ts";
import { ConfigError } from "../../config/errors.ts";
import {
    type ExperimentSurvey,
    type ReadExperiment,
    type ReadOptions,
    readExperiment,
    surveyExperiment,
} from "../../config/experiment.ts";
import type { StackSettings } from "../../config/settings.ts";
import { parseStackSettings } from "../../config/stack.ts";

export const directory = "/home/somebody/run";

export const localDirectories: Readonly<Record<string, string>> = {
    AFRAME_TRAIN_DATA_DIR: `${directory}/data/train`,
    AFRAME_TEST_DATA_DIR: `${directory}/data/test`,
    AFRAME_TRAIN_RUN_DIR: `${directory}/training`,
    AFRAME_CONDOR_DIR: `${directory}/condor`,
    AFRAME_RESULTS_DIR: `${directory}/results`,
    AFRAME_TMPDIR: `${directory}/tmp/`,
};

export const remoteDirectories: Readonly<Record<string, string>> = {
    ...localDirectories,
    AFRAME_TRAIN_DATA_DIR: "s3://my-bucket/run/data/train",
    AFRAME_TRAIN_RUN_DIR: "s3://my-bucket/run/training",
};

export const kubernetes = { context: "nautilus", namespace: "bbhnet" };

export interface Sample {
    /** Text of sandbox.cfg. */
    readonly cfg?: string;
    readonly files?: Readonly<Record<string, string | Uint8Array>>;
    readonly environment?: Readonly<Record<string, string>>;
    /** Further keys of the stack's config. */
    readonly stack?: Readonly<Record<string, unknown>>;
}

export function sampleStack({ environment = localDirectories, stack = {} }: Sample = {}): StackSettings {
    return parseStackSettings("my-run", { directory, environment, ...stack }, "stacks/Pulumi.my-run.yaml");
}

export function readSample(sample: Sample = {}): ReadExperiment {
    return readExperiment(sampleStack(sample), optionsOf(sample));
}

/** `elsewhere` reads the files that are not in the experiment's directory. */
export function surveySample(sample: Sample = {}, elsewhere: FileReader = () => undefined): ExperimentSurvey {
    const options = optionsOf(sample);
    return surveyExperiment(sampleStack(sample), {
        ...options,
        read: (path) => options.read(path) ?? elsewhere(path),
    });
}

/** What reading takes instead of this machine's disk and user. */
export function optionsOf(sample: Sample): Required<ReadOptions> {
    const files: Sample["files"] = { "sandbox.cfg": sample.cfg ?? "", "train.yaml": "", ...sample.files };
    return {
        home: "/home/somebody",
        user: "somebody",
        read: (path) => {
            const content = path.startsWith(`${directory}/`) ? files[path.slice(directory.length + 1)] : undefined;
            return content === undefined ? undefined : Buffer.from(content);
        },
    };
}

/** The lines of the error that reading a sample gives; none when it is right. */
export function problemsOf(sample: Sample): string[] {
    return linesOf(() => readSample(sample));
}

/** The lines of the ConfigError that `read` throws; none when it throws nothing. */
export function linesOf(read: () => unknown): string[] {
    try {
        read();
        return [];
    } catch (error) {
        if (error instanceof ConfigError) {
            return error.message.split("\n");
        }
        throw error;
    }
}

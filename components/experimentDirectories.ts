// Where an experiment's directories are on this machine; one on S3 has a mirror below the experiment directory.
import { join } from "node:path";
import type { ExperimentSettings, Location } from "../config/settings.ts";

/** Local paths, all of them absolute. */
export interface LocalDirectories {
    readonly trainData: string;
    readonly testData: string;
    readonly run: string;
    readonly condor: string;
    readonly results: string;
    readonly tmp: string;
}

export function localDirectories({ stack, directories }: ExperimentSettings): LocalDirectories {
    const local = (location: Location, ...mirror: string[]) =>
        location.kind === "local" ? location.path : join(stack.directory, "mirror", ...mirror);
    return {
        trainData: local(directories.trainData, "data", "train"),
        testData: directories.testData.path,
        run: local(directories.run, "training"),
        condor: directories.condor.path,
        results: directories.results.path,
        tmp: directories.tmp.path,
    };
}

/** The cfg that stages hand to law. */
export function resolvedConfigPath({ stack }: ExperimentSettings): string {
    return join(stack.directory, ".aframe", "resolved.cfg");
}

/** What law's tasks are told of the directories, in the names of all of Aframe's versions. */
export function lawEnvironment(settings: ExperimentSettings): Record<string, string> {
    const directories = localDirectories(settings);
    return {
        ...settings.stack.environment,
        AFRAME_TRAIN_DATA_DIR: directories.trainData,
        AFRAME_TRAIN_BACKGROUND_DIR: directories.trainData,
        AFRAME_TRAIN_WAVEFORMS_DIR: directories.trainData,
        AFRAME_TEST_DATA_DIR: directories.testData,
        AFRAME_TEST_BACKGROUND_DIR: directories.testData,
        AFRAME_TEST_WAVEFORMS_DIR: directories.testData,
        AFRAME_TRAIN_RUN_DIR: directories.run,
        AFRAME_CONDOR_DIR: directories.condor,
        AFRAME_RESULTS_DIR: directories.results,
        AFRAME_TMPDIR: directories.tmp,
        LAW_CONFIG_FILE: resolvedConfigPath(settings),
    };
}

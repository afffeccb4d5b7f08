// The local stages of a sandbox experiment as data: which law task makes what, out of what.
import type { ExperimentSettings } from "../config/settings.ts";

export { settingsFor } from "./stageSettings.ts";

export interface StageDefinition {
    readonly name: string;
    /** Python path of the law task. */
    readonly task: string;
    /** Command line of the task after its name. */
    readonly flags: (settings: ExperimentSettings) => string[];
    /** Stages whose artefacts it reads; `Train` is the remote training run. */
    readonly needs: readonly string[];
    /** The directory its artefacts are relative to. */
    readonly root: "trainData" | "testData" | "run" | "results";
    /** Patterns of its artefacts; both names where versions of Aframe differ. */
    readonly produces: readonly string[];
    /** Patterns of parts that law leaves in the root when it is interrupted. */
    readonly scratch: readonly string[];
    /** Sections of the cfg whose values decide what it makes. */
    readonly settings: readonly string[];
    /** The stage is left out when this key of the cfg is false. */
    readonly unlessFalse?: readonly [section: string, key: string];
}

function commonFlags({ stack }: ExperimentSettings): string[] {
    const flags = ["--local-scheduler", "--workers", String(stack.workers), "--gpus", stack.gpus];
    return stack.dev ? [...flags, "--dev"] : flags;
}

/** The trained model is taken from the local run dir or its mirror, wherever it was trained. */
function modelFlags(settings: ExperimentSettings): string[] {
    return [...commonFlags(settings), "--train-task", "TrainLocal"];
}

const plain = { flags: commonFlags, scratch: [] } as const;

const fetchTrain: StageDefinition = {
    ...plain,
    name: "FetchTrain",
    task: "aframe.tasks.data.fetch.FetchTrain",
    needs: [],
    root: "trainData",
    produces: ["segments.txt", "background/*.hdf5"],
    settings: ["luigi_FetchTrain", "luigi_Query"],
};

const trainingWaveforms: StageDefinition = {
    ...plain,
    name: "TrainingWaveforms",
    task: "aframe.tasks.data.waveforms.training.TrainingWaveforms",
    needs: [],
    root: "trainData",
    produces: ["{training_waveforms/*,training_waveforms}.hdf5"],
    settings: ["luigi_TrainingWaveforms"],
    // Newer versions of Aframe can also simulate the training signals while they train.
    unlessFalse: ["luigi_Train", "precompute_train_waveforms"],
};

const validationWaveforms: StageDefinition = {
    ...plain,
    name: "ValidationWaveforms",
    task: "aframe.tasks.data.waveforms.validation.ValidationWaveforms",
    needs: ["FetchTrain"],
    root: "trainData",
    produces: ["val_waveforms.hdf5"],
    settings: ["luigi_ValidationWaveforms"],
};

const fetchTest: StageDefinition = {
    ...plain,
    name: "FetchTest",
    task: "aframe.tasks.data.fetch.FetchTest",
    needs: [],
    root: "testData",
    produces: ["segments.txt", "background/*.hdf5"],
    settings: ["luigi_FetchTest", "luigi_Query"],
};

const testingWaveforms: StageDefinition = {
    ...plain,
    name: "TestingWaveforms",
    task: "aframe.tasks.data.waveforms.testing.TestingWaveforms",
    needs: ["FetchTest"],
    root: "testData",
    produces: ["waveforms.hdf5", "rejected-parameters.hdf5"],
    scratch: ["tmp-*"],
    settings: ["luigi_TestingWaveforms"],
};

const trainLocal: StageDefinition = {
    ...plain,
    name: "TrainLocal",
    task: "aframe.tasks.train.train.TrainLocal",
    needs: ["FetchTrain", "TrainingWaveforms", "ValidationWaveforms"],
    root: "run",
    produces: ["model.pt", "best.ckpt", "*batch.{h5,hdf5}"],
    settings: ["luigi_Train", "luigi_TrainLocal"],
};

function exportLocal(trainedBy: string): StageDefinition {
    return {
        name: "ExportLocal",
        task: "aframe.tasks.export.export.ExportLocal",
        flags: modelFlags,
        needs: [trainedBy],
        root: "results",
        produces: ["model_repo/**/config.pbtxt", "model_repo/**/model.*"],
        scratch: [],
        settings: ["luigi_ExportLocal"],
    };
}

const sandboxInfer: StageDefinition = {
    name: "SandboxInfer",
    task: "aframe.pipelines.sandbox.sandbox.SandboxInfer",
    flags: modelFlags,
    needs: ["ExportLocal", "FetchTest", "TestingWaveforms"],
    root: "results",
    produces: ["foreground.hdf5", "background.hdf5", "0lag.hdf5"],
    scratch: ["tmp"],
    settings: ["luigi_SandboxInfer"],
};

const sandboxSV: StageDefinition = {
    name: "SandboxSV",
    task: "aframe.pipelines.sandbox.sandbox.SandboxSV",
    flags: modelFlags,
    needs: ["SandboxInfer", "TestingWaveforms"],
    root: "results",
    produces: ["plots/sensitive_volume.h5", "plots/sensitive_volume.html"],
    scratch: [],
    settings: ["luigi_SandboxSV"],
};

function isFalse(settings: ExperimentSettings, section: string, key: string): boolean {
    const value = settings.values.findLast((one) => one.section === section && one.key === key)?.value;
    return value?.toLowerCase() === "false";
}

/** All stages that an experiment can have on this machine, each after those it needs. */
export function allStages(training: ExperimentSettings["training"]["where"]): StageDefinition[] {
    const local = training === "local";
    return [
        ...[fetchTrain, trainingWaveforms, validationWaveforms, fetchTest, testingWaveforms],
        ...(local ? [trainLocal] : []),
        exportLocal(local ? "TrainLocal" : "Train"),
        ...[sandboxInfer, sandboxSV],
    ];
}

/** The local stages of an experiment, each after those it needs. */
export function stagesOf(settings: ExperimentSettings): StageDefinition[] {
    const all = allStages(settings.training.where);
    const isOff = ({ unlessFalse }: StageDefinition) => unlessFalse !== undefined && isFalse(settings, ...unlessFalse);
    const absent = all.filter(isOff).map(({ name }) => name);
    const unmade = isFalse(settings, "luigi_SandboxInfer", "zero_lag") ? ["0lag.hdf5"] : [];
    return all
        .filter(({ name }) => !absent.includes(name))
        .map((stage) => ({
            ...stage,
            needs: stage.needs.filter((name) => !absent.includes(name)),
            produces: stage.produces.filter((pattern) => !unmade.includes(pattern)),
        }));
}

// The local stages of a sandbox experiment as data: which law task makes what, out of what.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import type { ExperimentSettings } from "../config/settings.ts";

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
}

/** Keys that say where and how a task runs, not what it makes. */
const ignoredKeys = new Set([
    ...["workflow", "request_memory", "request_disk", "request_cpus", "condor_directory", "job_log"],
    ...["accounting_group", "accounting_group_user", "container_root", "dev", "gpus", "remove_tmpdir"],
    ...["data_dir", "run_dir", "background_dir", "waveforms_dir", "output_dir", "tmp_dir", "segments_file"],
    ...["repository_directory", "batch_file", "rate_per_gpu", "triton_image", "sequence_id", "use_wandb"],
    // Of the remote training run, which is no local stage.
    ...["remote_image", "min_gpu_memory", "request_gpus", "cpus_per_gpu", "memory_per_cpu"],
    ...["use_init_containers", "use_init_container", "git_url", "git_ref"],
]);

/** Keys that name a yaml file; its contents count, its place and its comments do not. */
const fileKeys = new Set(["config", "train_config", "export_config"]);

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

function sandboxInfer(zeroLag: boolean): StageDefinition {
    return {
        name: "SandboxInfer",
        task: "aframe.pipelines.sandbox.sandbox.SandboxInfer",
        flags: modelFlags,
        needs: ["ExportLocal", "FetchTest", "TestingWaveforms"],
        root: "results",
        produces: ["foreground.hdf5", "background.hdf5", ...(zeroLag ? ["0lag.hdf5"] : [])],
        scratch: ["tmp"],
        settings: ["luigi_SandboxInfer"],
    };
}

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

/** The local stages of an experiment, each after those it needs. */
export function stagesOf(settings: ExperimentSettings): StageDefinition[] {
    const local = settings.training.where === "local";
    // Newer versions of Aframe can also simulate the training signals while they train.
    const precomputed = !isFalse(settings, "luigi_Train", "precompute_train_waveforms");
    const train = {
        ...trainLocal,
        needs: trainLocal.needs.filter((name) => precomputed || name !== "TrainingWaveforms"),
    };
    return [
        fetchTrain,
        ...(precomputed ? [trainingWaveforms] : []),
        validationWaveforms,
        fetchTest,
        testingWaveforms,
        ...(local ? [train] : []),
        exportLocal(local ? "TrainLocal" : "Train"),
        sandboxInfer(!isFalse(settings, "luigi_SandboxInfer", "zero_lag")),
        sandboxSV,
    ];
}

/** `section.key` → value of all that decides what a stage makes. */
export function settingsFor(definition: StageDefinition, settings: ExperimentSettings): Record<string, string> {
    const covered: Record<string, string> = {};
    for (const { section, key, value, secret } of settings.values) {
        if (definition.settings.includes(section) && !ignoredKeys.has(key) && !secret) {
            covered[`${section}.${key}`] = fileKeys.has(key) ? contents(settings, value) : value;
        }
    }
    if (definition.name === trainLocal.name) {
        covered["luigi_Train.config"] = contents(settings, settings.training.trainConfig);
        // The learning rate and the batches of each process depend on how many there are.
        covered.gpus = String(settings.stack.gpus.split(",").filter((id) => id.trim() !== "").length);
    }
    return covered;
}

function contents(settings: ExperimentSettings, file: string): string {
    if (file === "") {
        return "";
    }
    let text: string;
    try {
        text = readFileSync(path.resolve(settings.stack.directory, file), "utf8");
    } catch {
        // Not on this machine: a path inside the container, which only its text can stand for.
        return file;
    }
    const document = parseDocument(text);
    const meaning = document.errors.length > 0 ? text : JSON.stringify(document.toJS());
    return `sha256:${createHash("sha256").update(meaning).digest("hex")}`;
}

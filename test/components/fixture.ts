// Experiments as a user would write them, read by the real configuration code.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { readExperiment } from "../../config/experiment.ts";
import type { ExperimentSettings, StackSettings } from "../../config/settings.ts";

/** Unlike anything else, so that a test can look for them everywhere. */
export const canaries = {
    accessKeyId: "CANARYACCESSKEYID",
    secretAccessKey: "canary/secret+access",
    wandb: "canary-wandb-key",
};

export interface Recipe {
    readonly trainData?: string;
    readonly run?: string;
    /** Added to sandbox.cfg. */
    readonly cfg?: string;
    readonly stack?: Partial<StackSettings>;
}

const common = `
[luigi_Train]
kernel_length = 1.5
use_wandb = False
request_gpus = 4 # number of gpus
cpus_per_gpu = 12
memory_per_cpu = 1
remote_image = ghcr.io/ml4gw/aframe/train:v0.2
`;

export const withCredentials = `
[luigi_s3]
endpoint_url = https://s3-central.nrp-nautilus.io
aws_access_key_id = ${canaries.accessKeyId}
aws_secret_access_key = ${canaries.secretAccessKey}

[luigi_wandb]
api_key = ${canaries.wandb}
entity = ligo
tags = a,b
`;

/** A directory that is removed after the tests of the file. */
export function temporaryDirectory(): string {
    const directory = mkdtempSync(path.join(tmpdir(), "aframe-test-"));
    after(() => {
        rmSync(directory, { recursive: true, force: true });
    });
    return directory;
}

/** The six variables of run.sh, for an experiment that keeps everything in its directory. */
export function localVariables(directory: string): Record<string, string> {
    return {
        AFRAME_TRAIN_DATA_DIR: `${directory}/data/train`,
        AFRAME_TEST_DATA_DIR: `${directory}/data/test`,
        AFRAME_TRAIN_RUN_DIR: `${directory}/training`,
        AFRAME_CONDOR_DIR: `${directory}/condor`,
        AFRAME_RESULTS_DIR: `${directory}/results`,
        AFRAME_TMPDIR: `${directory}/tmp/`,
    };
}

/** An experiment directory with a cfg and a yaml that say hardly anything, and its variables. */
export function writeExperiment(cfg = ""): { directory: string; environment: Record<string, string> } {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "sandbox.cfg"), `[luigi_Train]\nuse_wandb = False\n${cfg}`);
    writeFileSync(path.join(directory, "train.yaml"), "trainer: {}\n");
    return { directory, environment: localVariables(directory) };
}

export function experimentSettings({ trainData, run, cfg = "", stack = {} }: Recipe = {}): ExperimentSettings {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "sandbox.cfg"), `${common}${cfg}`);
    writeFileSync(path.join(directory, "train.yaml"), "trainer:\n  max_epochs: 2\n");
    return readExperiment({
        name: "test",
        directory,
        config: "sandbox.cfg",
        environment: {
            ...localVariables(directory),
            ...(trainData !== undefined && { AFRAME_TRAIN_DATA_DIR: trainData }),
            ...(run !== undefined && { AFRAME_TRAIN_RUN_DIR: run }),
        },
        settings: {},
        law: ["law"],
        workers: 5,
        gpus: "0",
        dev: false,
        kubernetes: { context: "nautilus", namespace: "physics" },
        artifacts: "retain",
        createBucket: false,
        wait: true,
        adoptExisting: false,
        preflight: true,
        policy: "warn",
        policyProfile: "nautilus",
        ...stack,
    }).settings;
}

export const remoteRecipe = {
    trainData: "s3://my-bucket/first/data/train",
    run: "s3://my-bucket/first/training",
    cfg: withCredentials,
} satisfies Recipe;

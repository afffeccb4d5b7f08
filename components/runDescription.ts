// What run.json says of an experiment before anything has run: all of its configuration but credentials.
import { readFileSync } from "node:fs";
import path from "node:path";
import { namesCredential } from "../config/credentialNames.ts";
import { findKey } from "../config/defaults.ts";
import { formatLocation } from "../config/location.ts";
import type { ExperimentSettings, ResolvedValue, StackSettings } from "../config/settings.ts";
import { stagesOf } from "../pipeline/catalog.ts";
import type { RunDescription } from "../pipeline/provenance/runFile.ts";
import { fileKeys } from "../pipeline/stageSettings.ts";
import { stageInputs } from "./stageInputs.ts";
import type { TrainingPlan } from "./trainingPlan.ts";

/** @param plan - undefined when training is local */
export function describeRun(settings: ExperimentSettings, plan: TrainingPlan | undefined): RunDescription {
    const { stack, training } = settings;
    const code = training.where === "remote" ? training.git : undefined;
    return {
        experiment: stack.name,
        training: describeTraining(settings, plan),
        ...(code && { code: { url: code.url, ref: code.ref } }),
        directories: describeDirectories(settings),
        stack: describeStack(stack),
        settings: settings.values
            .filter(isPublic)
            .map(({ section, key, value, origin, via }) => ({ section, key, value, origin, via: [...via] })),
        files: readFiles(settings),
    };
}

function describeTraining(settings: ExperimentSettings, plan: TrainingPlan | undefined): RunDescription["training"] {
    const { training, stack } = settings;
    const { seed } = training;
    if (training.where === "remote") {
        const command = ["python", "-m", "train", ...(plan?.trainArguments ?? [])];
        return { where: "remote", seed, gpus: training.resources.gpus, command, image: training.image };
    }
    const stage = stagesOf(settings).find(({ name }) => name === "TrainLocal");
    return {
        where: "local",
        seed,
        gpus: stack.gpus.split(",").filter((id) => id !== "").length,
        command: stage ? [...stageInputs(stage, settings).command] : [],
    };
}

function describeDirectories({ directories }: ExperimentSettings): RunDescription["directories"] {
    const { trainData, testData, run, condor, results, tmp } = directories;
    return {
        trainData: formatLocation(trainData),
        testData: testData.path,
        run: formatLocation(run),
        condor: condor.path,
        results: results.path,
        tmp: tmp.path,
    };
}

function describeStack(stack: StackSettings): RunDescription["stack"] {
    const { directory, environment, law, workers, gpus, dev, kubernetes, volume, podTemplatePatch } = stack;
    const { artifacts, adoptExisting, wait, preflight, policy, policyProfile } = stack;
    return {
        directory,
        environment,
        ...(law && { law: [...law] }),
        ...{ workers, gpus, dev },
        ...(kubernetes && { kubernetes }),
        ...(volume && { volume }),
        ...(podTemplatePatch && { podTemplatePatch: withoutCredentials(podTemplatePatch) as Record<string, unknown> }),
        ...{ artifacts, adoptExisting, wait, preflight, policy, policyProfile },
    };
}

/** Of a section that is not ours, only the name tells. */
function isPublic({ section, key, secret }: ResolvedValue): boolean {
    return !secret && (findKey(section, key) !== undefined || !namesCredential(key));
}

/** Without the variables that a patch gives the pod and that look like one; the file may be read by more people. */
function withoutCredentials(tree: unknown): unknown {
    if (Array.isArray(tree)) {
        return tree.filter((item) => !isCredential(item)).map(withoutCredentials);
    }
    return typeof tree === "object" && tree !== null
        ? Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, withoutCredentials(value)]))
        : tree;
}

function isCredential(item: unknown): boolean {
    const { name, value } = (item ?? {}) as { name?: unknown; value?: unknown };
    return typeof name === "string" && typeof value === "string" && namesCredential(name);
}

/** A path that is not on this machine is one inside a container, whose image has the file. */
function readFiles({ values, training, stack }: ExperimentSettings): Record<string, string> {
    const named = values.filter(({ key, value }) => fileKeys.has(key) && value !== "").map(({ value }) => value);
    const paths = new Set([training.trainConfig, ...named].map((name) => path.resolve(stack.directory, name)));
    return Object.fromEntries(
        [...paths].flatMap((file) => {
            try {
                return [[file, readFileSync(file, "utf8")]];
            } catch {
                return [];
            }
        }),
    );
}

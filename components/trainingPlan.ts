// What a remote training is made of, read and checked before anything is declared.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { ExperimentSettings, RemoteTraining as RemoteTrainingSettings, S3Location } from "../config/settings.ts";
import { parseRepository, type Repository } from "../pipeline/revision/repository.ts";
import { digestOfYaml } from "../pipeline/stageSettings.ts";
import { configProblem } from "./configProblem.ts";
import type { ExperimentIdentity } from "./labels.ts";
import { podPaths } from "./podLayout.ts";
import { readSshIdentity, type SshIdentity } from "./sshSecret.ts";
import { buildTrainArguments } from "./trainArguments.ts";
import { trainConfigName } from "./trainingScripts.ts";

export interface TrainingPlan {
    readonly settings: ExperimentSettings;
    readonly training: RemoteTrainingSettings;
    readonly identity: ExperimentIdentity;
    readonly trainData: S3Location;
    readonly runDir: S3Location;
    /** Where the cluster is. */
    readonly kubernetes: { readonly context: string; readonly namespace: string };
    /** Text of the Lightning yaml. @default it is in the image */
    readonly trainConfig?: string;
    readonly trainArguments: readonly string[];
    /** Present when git is to bring the code. */
    readonly code?: { readonly repository: Repository; readonly ref: string; readonly checkHostKey: boolean };
    /** Present when that goes over SSH. */
    readonly ssh?: SshIdentity;
}

/** A ConfigMap holds about a megabyte: https://kubernetes.io/docs/concepts/configuration/configmap/ */
const maxTrainConfigBytes = 900_000;

/** Undefined when training is local. Throws a ConfigError when something it needs is missing. */
export function planTraining(
    settings: ExperimentSettings,
    knownHostsFiles: readonly string[],
): TrainingPlan | undefined {
    const placed = placeTraining(settings);
    if (placed === undefined) {
        return undefined;
    }
    const { training } = placed;
    const trainConfig = readTrainConfig(settings);
    const config = trainConfig === undefined ? training.trainConfig : `${podPaths.scripts}/${trainConfigName}`;
    const code = training.git && { ...training.git, repository: parseRepository(training.git.url) };
    return {
        ...placed,
        trainArguments: buildTrainArguments(training, settings.wandb, {
            config,
            data: podPaths.data,
            run: podPaths.run,
        }),
        ...(trainConfig !== undefined && { trainConfig }),
        ...(code && { code }),
        ...(code?.repository.transport === "ssh" && {
            ssh: readSshIdentity(settings, code.repository, {
                checkHostKey: code.checkHostKey,
                knownHostsFiles,
            }),
        }),
    };
}

/** What the settings alone say of a remote training, without a look at files. Undefined when training is local. */
export function placeTraining(
    settings: ExperimentSettings,
): Pick<TrainingPlan, "settings" | "training" | "identity" | "trainData" | "runDir" | "kubernetes"> | undefined {
    const { training, directories, stack } = settings;
    const { trainData, run: runDir } = directories;
    if (training.where === "local") {
        return undefined;
    }
    if (runDir.kind !== "s3" || trainData.kind !== "s3" || stack.kubernetes === undefined) {
        throw new Error("remote training needs data and run directory on S3, and a cluster");
    }
    const identity = { experiment: stack.name, runDir: runDir.uri };
    return { settings, training, identity, trainData, runDir, kubernetes: stack.kubernetes };
}

/** A path below the image's code that is not on this machine is meant for the pod. */
function readTrainConfig(settings: ExperimentSettings): string | undefined {
    const file = settings.training.trainConfig;
    if (file.startsWith(`${podPaths.code}/`) && !existsSync(file)) {
        return undefined;
    }
    const problem = (message: string) => configProblem(settings, "luigi_Train", "config", message);
    let text: string;
    try {
        text = readFileSync(file, "utf8");
    } catch (error) {
        throw problem(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (Buffer.byteLength(text) > maxTrainConfigBytes) {
        throw problem(`${file} is larger than the ${maxTrainConfigBytes} bytes that a cluster takes`);
    }
    return text;
}

/**
 * Names this very training: what would make another model gives another digest, and what would not (more memory, newer
 * credentials) gives the same. The pod leaves it in the model's manifest, and a finished training is never repeated.
 */
export function trainingDigest(
    plan: TrainingPlan,
    commit: pulumi.Input<string> | undefined,
    manifests: pulumi.Input<Readonly<Record<string, string>>>,
): pulumi.Output<string> {
    return pulumi.all([manifests, commit ?? ""]).apply(([data, code]) => digestOfTraining(plan, code, data));
}

/** As `trainingDigest`, of what is known. */
export function digestOfTraining(
    plan: Pick<TrainingPlan, "training" | "trainArguments" | "trainConfig">,
    commit: string,
    manifests: Readonly<Record<string, string>>,
): string {
    const { image, resources } = plan.training;
    const parts = {
        image,
        // The learning rate and the batches of each process depend on how many there are.
        gpus: resources.gpus,
        // Where it is logged does not change what is learnt.
        arguments: plan.trainArguments.filter((argument) => !argument.startsWith("--trainer.logger")),
        config: plan.trainConfig === undefined ? "" : digestOfYaml(plan.trainConfig),
        commit,
        data: Object.entries(manifests).sort(([a], [b]) => (a < b ? -1 : 1)),
    };
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

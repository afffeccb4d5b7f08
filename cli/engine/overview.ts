// What an experiment has come to, by one look at its stack file and its state: no cluster and no S3 is asked.
import { stat } from "node:fs/promises";
import path from "node:path";
import pLimit from "p-limit";
import { allStages } from "../../pipeline/catalog.ts";
import type { TrainingRunOutputs } from "../../pipeline/training/state.ts";
import type { Context } from "../commandLine.ts";
import { projectName, type Stack } from "../project.ts";
import { directoryOf, StackFile } from "../stackFile.ts";
import { backendForPulumi, embeddedBackend } from "./backend.ts";
import type { EngineChoice } from "./choose.ts";
import { type Deployment, isEmpty, readDeployment, type StateResource } from "./deployment.ts";
import { stageStates } from "./stages.ts";
import { jobType, revisionType, trainingRunType } from "./training.ts";

export type ExperimentState =
    | "not run"
    /** It has run, and nothing of it is left but data and models. */
    | "destroyed"
    /** An operation has begun something and not ended it: it runs, or was interrupted. */
    | "started"
    /** As the last operation has seen it; the cluster is not asked. */
    | "training"
    /** The last operation has failed, or was stopped. */
    | "failed"
    | "partly"
    | "done";

export interface Overview {
    readonly name: string;
    /** Absent when the state cannot be read. */
    readonly state?: ExperimentState;
    /** When the state was last written, ISO 8601. */
    readonly updated?: string;
    readonly directory?: string;
    readonly trainDataDir?: string;
    readonly runDir?: string;
    /** The commit that trains, when git brings it. */
    readonly commit?: string;
    /** The file, once it is there. */
    readonly sensitiveVolume?: string;
    /** What cannot be read, and why. */
    readonly problem?: string;
}

const lastStage = allStages("local").at(-1)?.name;

/** In the order of the stacks. */
export async function overviewOf(
    stacks: readonly Stack[],
    engine: EngineChoice,
    context: Context,
): Promise<Overview[]> {
    // Pulumi takes a process for each look.
    return pLimit(engine.kind === "pulumi" ? 4 : 16).map([...stacks], async (stack) => {
        try {
            return await lookAt(stack, engine, context);
        } catch (error) {
            return { name: stack.name, problem: error instanceof Error ? error.message : String(error) };
        }
    });
}

async function lookAt(stack: Stack, engine: EngineChoice, context: Context): Promise<Overview> {
    const file = await StackFile.read(stack.file);
    const places = await placesOf(file);
    try {
        const { deployment, hasFailed } = await readState(stack, engine, context);
        const commit: unknown = deployment?.resources.find(({ type }) => type === revisionType)?.outputs?.commit;
        return {
            name: stack.name,
            state: stateOf(deployment, hasFailed),
            ...(deployment?.time !== undefined && { updated: deployment.time }),
            ...places,
            ...(typeof commit === "string" && { commit }),
        };
    } catch (error) {
        return { name: stack.name, ...places, problem: error instanceof Error ? error.message : String(error) };
    }
}

type Places = Pick<Overview, "directory" | "trainDataDir" | "runDir" | "sensitiveVolume">;

async function placesOf(file: StackFile): Promise<Places> {
    const variables = (file.config.environment ?? {}) as Readonly<Record<string, unknown>>;
    const variable = (name: string) => (typeof variables[name] === "string" ? variables[name] : undefined);
    const directory = directoryOf(file);
    const trainDataDir = variable("AFRAME_TRAIN_DATA_DIR") ?? variable("AFRAME_TRAIN_WAVEFORMS_DIR");
    const runDir = variable("AFRAME_TRAIN_RUN_DIR");
    const results = variable("AFRAME_RESULTS_DIR");
    const volume = results === undefined ? undefined : path.join(results, "plots", "sensitive_volume.h5");
    const isThere = volume !== undefined && (await stat(volume).catch(() => undefined))?.isFile() === true;
    return {
        ...(directory !== undefined && { directory }),
        ...(trainDataDir !== undefined && { trainDataDir }),
        ...(runDir !== undefined && { runDir }),
        ...(isThere && { sensitiveVolume: volume }),
    };
}

/** Files of this checkout are read by this program; only for a state that is elsewhere Pulumi is asked. */
async function readState(
    stack: Stack,
    engine: EngineChoice,
    context: Context,
): Promise<{ deployment: Deployment | undefined; hasFailed: boolean }> {
    const isHere = engine.kind === "embedded" || (await backendForPulumi(stack.name, context)) !== undefined;
    if (!isHere) return { deployment: await readDeployment(stack, engine, context), hasFailed: false };
    const { FileBackend } = await import("../../embedded/state/backend.ts");
    const backend = new FileBackend(embeddedBackend(context), projectName, stack.name);
    const embedded = { kind: "embedded", description: "" } as const;
    const [deployment, last] = await Promise.all([readDeployment(stack, embedded, context), backend.lastUpdate()]);
    return { deployment, hasFailed: last?.result === "failed" };
}

function stateOf(deployment: Deployment | undefined, hasFailed: boolean): ExperimentState {
    if (deployment === undefined) return "not run";
    if (isEmpty(deployment)) return "destroyed";
    const { resources, pending } = deployment;
    const stages = stageStates(deployment);
    const isRun = ({ type }: StateResource) => type === trainingRunType;
    const run: Partial<TrainingRunOutputs> | undefined = resources.find(isRun)?.outputs;
    const trainsHere = stages.some(({ name, state }) => name === "TrainLocal" && state === "started");
    if (pending.some(isRun) || trainsHere) return "training";
    if (pending.length > 0) return "started";
    if (run?.state === "accepted") return "training";
    const isLastDone = stages.some(({ name }) => name === lastStage);
    if (isLastDone && stages.every(({ state }) => state === "succeeded")) return "done";
    if (hasFailed) return "failed";
    // The Job is there, and the wait for it has not been recorded: it was broken off.
    return run === undefined && resources.some(({ type }) => type === jobType) ? "training" : "partly";
}

// What an `up` would cost: GPUs, data and time, and which stages would run, from files of this machine alone.
import type { ExperimentSettings } from "../../config/settings.ts";
import { trainStage } from "../../pipeline/training/state.ts";
import { podRequest, type TrainingForecast } from "./pod.ts";
import { secondsTogether } from "./schedule.ts";
import { noSize, type Size, sumOf } from "./sizes.ts";
import { type JudgedStage, judgeStages } from "./stages.ts";
import type { Verdict } from "./verdict.ts";

export { describeForecast } from "./describe.ts";

export interface Forecast {
    /** What the training data will take, or take already. Less than in truth when a setting is missing. */
    readonly dataBytes: number;
    /** @default training is local */
    readonly training?: TrainingForecast;
    readonly data: DataForecast;
    /** In the order of their needs; `Train` is the training on the cluster. */
    readonly stages: readonly StageForecast[];
    readonly time: TimeForecast;
}

/** The stages that make training and test data. */
export interface DataForecast {
    /** Made and sent to S3. */
    readonly upload: Size;
    /** Made to stay here. */
    readonly here: Size;
    /** What needs not be made again. */
    readonly kept: Size;
    readonly stages: number;
    readonly upToDate: number;
}

export interface StageForecast {
    readonly name: string;
    readonly verdict: Verdict["kind"];
    /** Why it runs, what it waits for, or what is to be said of its being up to date; may be empty. */
    readonly reason: string;
}

export interface TimeForecast {
    /** By the earlier runs of the stages that would run, side by side where they can; others count nothing. */
    readonly seconds: number;
    /** How many stages would run. */
    readonly stages: number;
    /** Those of them that have no earlier run. */
    readonly unknown: readonly string[];
    /** What takes time that no record tells. */
    readonly uncounted: readonly ("uploads" | "waiting for GPUs")[];
}

/** Writes nothing and hashes nothing; what is wrong with the settings is reported elsewhere and no error here. */
export async function forecastExperiment(settings: ExperimentSettings): Promise<Forecast> {
    const stages = await judgeStages(settings);
    const train = stages.find(({ name }) => name === trainStage);
    const { training } = settings;
    return {
        dataBytes: sizeOf(stages.filter(({ root }) => root === "trainData")).bytes,
        ...(training.where === "remote" &&
            train && {
                training: {
                    ...podRequest(training),
                    ...(train.seconds !== undefined && { seconds: train.seconds }),
                    finished: train.verdict.kind === "up to date",
                },
            }),
        data: forecastData(stages.filter(({ root }) => root === "trainData" || root === "testData")),
        stages: stages.map(({ name, verdict: { kind, reason } }) => ({ name, verdict: kind, reason })),
        time: forecastTime(stages, settings.stack),
    };
}

function sizeOf(stages: readonly JudgedStage[]): Size {
    return sumOf(stages.map(({ size = noSize }) => size));
}

function forecastData(stages: readonly JudgedStage[]): DataForecast {
    const isKept = ({ verdict }: JudgedStage) => verdict.kind === "up to date";
    const made = stages.filter((stage) => !isKept(stage));
    const kept = stages.filter(isKept);
    return {
        upload: sizeOf(made.filter(({ uploads }) => uploads)),
        here: sizeOf(made.filter(({ uploads }) => !uploads)),
        kept: sizeOf(kept),
        stages: stages.length,
        upToDate: kept.length,
    };
}

/** An `up` that does not wait for training ends without it. */
function forecastTime(stages: readonly JudgedStage[], { workers, wait }: ExperimentSettings["stack"]): TimeForecast {
    const running = stages.filter(({ verdict, local }) => verdict.kind === "runs" && (local || wait));
    const tasks = running.map(({ seconds = 0, ...stage }) => ({ ...stage, seconds }));
    return {
        seconds: secondsTogether(tasks, workers),
        stages: running.length,
        unknown: running.filter(({ seconds }) => seconds === undefined).map(({ name }) => name),
        uncounted: [
            ...(running.some(({ uploads }) => uploads) ? (["uploads"] as const) : []),
            ...(running.some(({ local }) => !local) ? (["waiting for GPUs"] as const) : []),
        ],
    };
}

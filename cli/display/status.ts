// How an experiment is doing, as text for people and as JSON for programs.
import prettyBytes from "pretty-bytes";
import type { TrainingReport, TrainingTarget } from "../../pipeline/training/report.ts";
import type { StageState } from "../engine/stages.ts";
import { type Colors, cleanText, formatSeconds } from "./format.ts";
import { nextStep } from "./nextStep.ts";
import { renderPlainTable } from "./plainTable.ts";

export interface Status {
    readonly stack: string;
    readonly stages: readonly StageState[];
    /** Absent for a training on this machine, and before there is a Job. */
    readonly training?: { readonly target: TrainingTarget; readonly report: TrainingReport };
    /** Where the plot of the sensitive volume is, or will be. */
    readonly volume?: string;
}

const stageColors: Readonly<Record<StageState["state"], keyof Colors>> = {
    succeeded: "green",
    started: "cyan",
    damaged: "red",
    waiting: "dim",
    "not begun": "dim",
};

const trainingColors: Readonly<Record<TrainingReport["state"], keyof Colors>> = {
    waiting: "yellow",
    preparing: "cyan",
    training: "cyan",
    blocked: "red",
    succeeded: "green",
    failed: "red",
    gone: "red",
    unknown: "yellow",
};

/** @param now - what ages are counted to */
export function renderStatus(status: Status, colors: Colors, now: Date): string {
    const { stages, training } = status;
    const { bold } = colors;
    const rows = stages.map(({ name, state, seconds, files, bytes }) => [
        name,
        colors[stageColors[state]](state === "started" ? "running or interrupted" : state),
        seconds === 0 ? "" : formatSeconds(seconds),
        files === 0 ? "" : String(files),
        files === 0 ? "" : prettyBytes(bytes),
    ]);
    const head = ["Stage", "State", "Time", "Files", "Size"].map(bold);
    return [
        ...(rows.length === 0 ? [] : [renderPlainTable(head, rows)]),
        ...(training === undefined ? [] : [renderTraining(training, colors, now)]),
        `${bold("Next")}  ${nextStep(status)}\n`,
    ].join("\n");
}

function renderTraining({ target, report }: NonNullable<Status["training"]>, colors: Colors, now: Date): string {
    const { pod, metrics, model, seconds } = report;
    const rows: (readonly [string, string | undefined])[] = [
        ["Training", `${colors[trainingColors[report.state]](report.state)}${ageOf(report, now)}`],
        ["", cleanText(report.reason)],
        ["Took", seconds === undefined ? undefined : formatSeconds(seconds)],
        ["Job", `${target.jobName} in ${target.kubernetes.namespace} (context ${target.kubernetes.context})`],
        ["Pod", pod && describePod(pod)],
        ["GPUs", pod && describeGpus(pod)],
        ["Metrics", metrics && cleanText(describeMetrics(metrics))],
        ["Model", model],
    ];
    const lines = rows.flatMap(([title, text]) => (text === undefined ? [] : [[colors.bold(title), text]]));
    const [first = [], ...rest] = lines;
    return renderPlainTable(first, rest);
}

function describePod({ name, node, tries, restarts }: NonNullable<TrainingReport["pod"]>): string {
    const place = node === undefined ? "on no node yet" : `on ${node}`;
    return `${name} ${place}, try ${tries}${restarts > 0 ? `, ${restarts} restarts` : ""}`;
}

function describeGpus({ gpus, gpu, node }: NonNullable<TrainingReport["pod"]>): string {
    const model = node === undefined ? "" : `, ${gpu ?? "model unknown"}`;
    return `${gpus} requested${model}`;
}

function describeMetrics(metrics: Readonly<Record<string, string>>): string {
    return Object.entries(metrics)
        .map(([name, value]) => `${name} ${value}`)
        .join(", ");
}

function ageOf({ state, since }: TrainingReport, now: Date): string {
    if (since === undefined) return "";
    const age = formatSeconds(Math.max(0, (now.getTime() - since.getTime()) / 1000));
    return state === "succeeded" || state === "failed" ? ` ${age} ago` : ` for ${age}`;
}

/** By docs/schema/status.schema.json; ages are left to the reader, who knows what time it is. */
export function statusAsJson(status: Status): string {
    const { stack, stages, training } = status;
    const { target, report } = training ?? {};
    const value = {
        stack,
        stages,
        training: target &&
            report && {
                state: report.state,
                reason: report.reason,
                since: report.since?.toISOString(),
                seconds: report.seconds,
                job: { name: target.jobName, ...target.kubernetes },
                pod: report.pod,
                metrics: report.metrics,
                model: report.model,
            },
        next: nextStep(status),
        problems: report?.problems ?? [],
    };
    return `${JSON.stringify(value, undefined, 2)}\n`;
}

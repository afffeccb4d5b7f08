// Where an experiment stands: its stages, its training, what is next.
import type { ExperimentReport, StageReport } from "../../model/report.ts";
import { type Content, type Html, html } from "../html.ts";
import { badge, code, facts, problemList, table } from "../parts.ts";
import { bytes, duration, time } from "../words.ts";

export function headline({ headline: { state, text, next } }: ExperimentReport): Html {
    return html`<p class="headline">${badge(state)} ${text}</p><p><strong>Next:</strong> ${withCode(next)}</p>`;
}

/** Commands in a sentence are set as such. */
function withCode(text: string): Content {
    const [before, command, after] = text.split(/(aframe \w+ --stack [\w.-]+)/);
    return command === undefined ? text : [before, code(command), after];
}

export function now(experiment: ExperimentReport): Html {
    return html`${headline(experiment)}
${experiment.training ? trainingFacts(experiment.training) : undefined}
${experiment.stages.length === 0 ? undefined : stageTable(experiment.stages)}
${problemList(experiment.problems)}`;
}

function stageTable(stages: readonly StageReport[]): Html {
    const rows = stages.map((stage) => [
        stage.name,
        badge(stage.state),
        duration(stage.seconds),
        stage.files ?? "",
        bytes(stage.bytes),
        time(stage.ended ?? stage.began),
        nextOf(stage),
    ]);
    return table("State of each stage", ["Stage", "State", "Took", "Files", "Size", "Last", "Next up"], rows);
}

/** What the next `up` would do with it. */
export function nextOf({ verdict }: StageReport): string {
    if (verdict === undefined) return "";
    const words = { runs: "runs", "up to date": "skipped: up to date", waits: "waits" }[verdict.kind];
    return verdict.reason === ""
        ? words
        : `${words}${verdict.kind === "waits" ? " " : verdict.kind === "runs" ? ": " : ", "}${verdict.reason}`;
}

function trainingFacts({ state, reason, since, job, pod, model }: NonNullable<ExperimentReport["training"]>): Html {
    const gpus = pod && `${pod.gpus} requested${pod.gpu === undefined ? "" : `, ${pod.gpu}`}`;
    return facts([
        ["Training", [badge(state), " ", reason]],
        ["Since", time(since)],
        ["Job", job && `${job.name} in ${job.namespace} (context ${job.context})`],
        [
            "Pod",
            pod &&
                `${pod.name}${pod.node === undefined ? "" : ` on ${pod.node}`}, try ${pod.tries}, ${pod.restarts} restarts`,
        ],
        ["GPUs", gpus],
        ["Model", code(model)],
    ]);
}

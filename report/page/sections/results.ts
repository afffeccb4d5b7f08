// What training and inference have shown: the plots, and the last values in words.
import type { Chart } from "../../model/chart.ts";
import type { ExperimentReport } from "../../model/report.ts";
import { type Html, html } from "../html.ts";
import { facts, figure, legend } from "../parts.ts";
import { number } from "../words.ts";

/** Plots of a group share a legend. */
export function figures(charts: readonly Chart[]): Html {
    const group = charts[0]?.group;
    return html`${group && legend(group, `Lines of the ${group}`)}<div class="figures">${charts.map(figure)}</div>`;
}

export function curves({ curves: all, stages }: ExperimentReport, charts: readonly Chart[]): Html {
    const seconds = stages.find(({ name }) => name === "Train" || name === "TrainLocal")?.seconds;
    const last = Math.max(0, ...all.map(({ points }) => points.at(-1)?.[0] ?? 0));
    const isLogged = all.some(({ kind }) => kind === "throughput");
    return html`${facts([
        ...all.map(({ name, last: value }) => [`Last ${name}`, number(value)] as const),
        ["Step", last],
        [
            "Steps per second",
            isLogged || seconds === undefined
                ? undefined
                : `${number(last / seconds)} on average; the training logs no throughput`,
        ],
    ])}${figures(charts.filter(({ id }) => id.startsWith("curve-")))}`;
}

export function volume(charts: readonly Chart[]): Html {
    return html`<p class="hint">The volume in which a merger of these masses is found, against how often noise alone would look like one. Bands are one standard deviation.</p>
${figures(charts.filter(({ id }) => id.startsWith("volume-")))}`;
}

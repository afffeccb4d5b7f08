// The sections of a page, in their order; one that has nothing to say is left out.
import type { Chart } from "../model/chart.ts";
import type { ExperimentReport, Report } from "../model/report.ts";
import { type Html, html } from "./html.ts";
import { amounts, resources } from "./sections/amounts.ts";
import { differences, failed, overview, ratios } from "./sections/compare.ts";
import { failures } from "./sections/failures.ts";
import { graph } from "./sections/graph.ts";
import { now } from "./sections/now.ts";
import { provenance } from "./sections/provenance.ts";
import { curves, figures, volume } from "./sections/results.ts";
import { timeline } from "./sections/timeline.ts";

export interface Section {
    readonly id: string;
    readonly title: string;
    readonly body: Html;
}

export function sectionsOf({ experiments, made }: Report, charts: readonly Chart[]): Section[] {
    const [only, ...others] = experiments;
    if (only === undefined) return [];
    return (others.length === 0 ? ofOne(only, charts, new Date(made)) : ofSeveral(experiments, charts)).filter(
        (section): section is Section => section.body !== undefined,
    );
}

type Draft = Omit<Section, "body"> & { readonly body: Html | undefined };

function ofOne(experiment: ExperimentReport, charts: readonly Chart[], made: Date): Draft[] {
    const { stages, spans, volume: measured, resources: asked, settings } = experiment;
    return [
        { id: "now", title: "Where it stands", body: now(experiment) },
        { id: "failures", title: "Failures", body: some(experiment.failures, failures) },
        { id: "timeline", title: "Timeline", body: some(spans, (all) => timeline(all, made)) },
        { id: "graph", title: "Stages", body: some(stages, graph) },
        { id: "curves", title: "Training", body: some(experiment.curves, () => curves(experiment, charts)) },
        { id: "volume", title: "Sensitive volume", body: measured && volume(charts) },
        { id: "amounts", title: "Data and costs", body: stages.length === 0 ? undefined : amounts(experiment) },
        { id: "resources", title: "Resources", body: asked && resources(asked) },
        { id: "provenance", title: "Provenance", body: provenance(experiment.provenance, settings) },
    ];
}

function ofSeveral(experiments: readonly ExperimentReport[], charts: readonly Chart[]): Draft[] {
    const drawn = (prefix: string) => charts.filter(({ id }) => id.startsWith(prefix));
    return [
        { id: "now", title: "Experiments", body: overview(experiments) },
        { id: "failures", title: "Failures", body: some(failed(experiments), failures) },
        { id: "settings", title: "What differs", body: differences(experiments) },
        { id: "curves", title: "Training", body: some(drawn("curve-"), figures) },
        { id: "volume", title: "Sensitive volume", body: some(drawn("ratio-"), () => ratios(experiments, charts)) },
    ];
}

function some<T>(all: readonly T[], draw: (all: readonly T[]) => Html): Html | undefined {
    return all.length === 0 ? undefined : draw(all);
}

export function renderSection({ id, title, body }: Section): Html {
    return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}

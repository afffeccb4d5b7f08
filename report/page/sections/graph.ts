// Which stage builds on which, and what the next up would run or skip.
import { Graph, layout } from "@dagrejs/dagre";
import type { StageReport } from "../../model/report.ts";
import { type Html, html } from "../html.ts";
import { table } from "../parts.ts";
import { nextOf } from "./now.ts";

const height = 46;

export function graph(stages: readonly StageReport[]): Html {
    const rows = stages.map((stage) => [stage.name, stage.needs.join(", ") || "nothing", nextOf(stage)]);
    return html`<div class="scroll" role="region" tabindex="0" aria-label="Graph of the stages">${draw(stages)}</div>
<details><summary>Graph as a table</summary>${table("What each stage needs", ["Stage", "Needs", "Next up"], rows)}</details>`;
}

function draw(stages: readonly StageReport[]): Html {
    const names = new Set(stages.map(({ name }) => name));
    const plan = new Graph();
    plan.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 32, marginx: 2, marginy: 2 });
    plan.setDefaultEdgeLabel(() => ({}));
    for (const { name, verdict } of stages) plan.setNode(name, { width: widthOf(name, verdict?.kind), height });
    for (const { name, needs } of stages)
        for (const need of needs.filter((one) => names.has(one))) plan.setEdge(need, name);
    layout(plan);
    const { width = 0, height: tall = 0 } = plan.graph();
    const edges = plan.edges().map((edge) => plan.edge(edge).points);
    return html`<svg class="graph" width="${Math.ceil(width)}" height="${Math.ceil(tall)}" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(tall)}" role="img" aria-label="Graph of the stages; the table below says the same">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
${edges.map((points) => html`<polyline class="edge" points="${points.map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`).join(" ")}" marker-end="url(#arrow)"/>`)}
${stages.map((stage) => node(stage, plan.node(stage.name)))}</svg>`;
}

const words = { runs: "runs next", "up to date": "skipped next", waits: "waits next" } as const;

function node(stage: StageReport, { x, y, width }: { x: number; y: number; width: number }): Html {
    const next = stage.verdict === undefined ? "" : ` · ${words[stage.verdict.kind]}`;
    return html`<g class="node is-${stage.state.replaceAll(" ", "-")}" transform="translate(${Math.round(x - width / 2)} ${Math.round(y - height / 2)})">
<title>${stage.name}: ${stage.state}${stage.verdict ? `; ${nextOf(stage)}` : ""}</title>
<rect width="${width}" height="${height}" rx="6"/><text x="10" y="19" class="name">${stage.name}</text><text x="10" y="36">${stage.state}${next}</text></g>`;
}

/** By the letters: there is no font to measure with. */
function widthOf(name: string, verdict: keyof typeof words | undefined): number {
    const second = 9 + (verdict === undefined ? 0 : words[verdict].length + 3);
    return 22 + Math.max(name.length * 8.8, second * 6);
}

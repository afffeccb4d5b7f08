// Several experiments beside each other.
import type { Chart } from "../../model/chart.ts";
import { pairTitle } from "../../model/charts.ts";
import { differencesOf, packageDifferences, ratiosTo } from "../../model/compare.ts";
import type { ExperimentReport } from "../../model/report.ts";
import { type Content, type Html, html } from "../html.ts";
import { badge, code, problemList, table } from "../parts.ts";
import { bytes, duration, number } from "../words.ts";
import { commitOf } from "./provenance.ts";
import { figures } from "./results.ts";

export function overview(experiments: readonly ExperimentReport[]): Html {
    const rows = experiments.map(({ name, headline: { state, text }, costs }) => [
        name,
        [badge(state), " ", text],
        costs.gpuHours === undefined ? "" : number(costs.gpuHours),
        duration(costs.busySeconds),
        bytes(costs.bytes),
    ]);
    const problems = experiments.flatMap(({ name, problems: all }) => all.map((one) => `${name}: ${one}`));
    return html`${table("State and costs", ["Experiment", "State", "GPU hours", "Busy", "Made"], rows)}
${problemList(problems)}`;
}

export function differences(experiments: readonly ExperimentReport[]): Html {
    const names = experiments.map(({ name }) => name);
    const settings = differencesOf(experiments).map(({ section, key, values }) => rowOf(`[${section}] ${key}`, values));
    const packages = packageDifferences(experiments).map(({ name, values }) => rowOf(name, values));
    return html`${settings.length === 0 ? html`<p>No setting differs.</p>` : tableOfBoth("Settings that differ", "Setting", names, settings)}
${packages.length > 0 && html`<h3>Packages of the training</h3>${tableOfBoth("Packages that differ", "Package", names, packages)}`}
<h3>Code, image and data</h3>${madeOfTable(experiments)}
<p class="hint">Of what a stage made: the same digest is the same data.</p>`;
}

interface Row {
    readonly title: string;
    /** One for each experiment. */
    readonly cells: readonly Content[];
}

function rowOf(title: string, values: readonly (string | undefined)[]): Row {
    return { title, cells: values.map((value) => value ?? "–") };
}

/** What there are more of is in the rows: a page is longer than wide. */
function tableOfBoth(caption: string, corner: string, names: readonly string[], rows: readonly Row[]): Html {
    if (names.length <= rows.length)
        return table(
            caption,
            [corner, ...names],
            rows.map(({ title, cells }) => [title, ...cells]),
        );
    const titles = rows.map(({ title }) => title);
    return table(
        caption,
        ["Experiment", ...titles],
        names.map((name, index) => [name, ...rows.map(({ cells }) => cells[index])]),
    );
}

function madeOfTable(experiments: readonly ExperimentReport[]): Html {
    const stages = [...new Set(experiments.flatMap(({ provenance }) => Object.keys(provenance.manifests)))];
    const rows = experiments.map(({ name, provenance }) => [
        name,
        commitOf(provenance, shownDigits) ?? "–",
        provenance.image ?? "–",
        ...stages.map((stage) => code(provenance.manifests[stage]?.slice(0, shownDigits)) ?? "–"),
    ]);
    return table("Code, image and data", ["Experiment", "Commit", "Image", ...stages], rows);
}

/** Of a digest; enough to tell a few from each other. */
const shownDigits = 10;

/** At a few rates that people quote. */
const quoted = [1, 10, 100];

export function ratios(experiments: readonly ExperimentReport[], charts: readonly Chart[]): Html {
    const all = ratiosTo(experiments);
    const names = [...new Set(all.flatMap(({ series }) => series.map(({ name }) => name)))];
    const rows = all.flatMap(({ pair, series }) =>
        quoted.map((far) => ({
            title: `${pairTitle(pair)}, ${far} per year`,
            cells: names.map((name) => nearest(series.find((one) => one.name === name)?.points ?? [], far)),
        })),
    );
    const measured = rows.filter(({ cells }) => cells.some((cell) => cell !== ""));
    return html`<p class="hint">Each sensitive volume divided by that of ${all[0]?.first}: above 1 is better.</p>
${measured.length > 0 && tableOfBoth("Ratios of sensitive volumes", "Masses and false-alarm rate", names, measured)}
${figures(charts.filter(({ id }) => id.startsWith("ratio-")))}`;
}

/** Empty where nothing was measured near that rate. */
function nearest(points: readonly (readonly [number, number, number?])[], far: number): string {
    const away = (rate: number) => Math.abs(Math.log(rate / far));
    const [best] = [...points].sort(([a], [b]) => away(a) - away(b));
    return best === undefined || away(best[0]) > Math.log(1.5) ? "" : number(best[1]);
}

export function failed(experiments: readonly ExperimentReport[]) {
    return experiments.flatMap(({ name, failures }) =>
        failures.map((one) => ({ ...one, where: `${name}: ${one.where}` })),
    );
}

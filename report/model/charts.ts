// The plots of a report: of one experiment its curves and volumes, of several the same laid over each other.
import type { Chart, Series } from "./chart.ts";
import { ratiosTo } from "./compare.ts";
import type { Curve, CurveKind, ExperimentReport, MassPair, SensitiveVolume } from "./report.ts";

const titles: readonly (readonly [CurveKind, string])[] = [
    ["loss", "Loss"],
    ["validation", "Validation"],
    ["learning rate", "Learning rate"],
    ["throughput", "Throughput"],
    ["other", "Other metrics"],
];

export function chartsOf(experiments: readonly ExperimentReport[]): Chart[] {
    const [only, ...others] = experiments;
    if (only === undefined) return [];
    return others.length === 0
        ? [...curveCharts(only.curves), ...(only.volume ? volumeCharts(only.volume) : [])]
        : [...overlaidCurves(experiments), ...ratioCharts(experiments)];
}

/** One for each kind of curve. */
function curveCharts(curves: readonly Curve[]): Chart[] {
    return titles.flatMap(([kind, title]) => {
        const series = curves
            .filter((curve) => curve.kind === kind)
            .map(({ name, points }, colour) => ({ name, colour, points }));
        return series.length === 0 ? [] : [curveChart(`curve-${idOf(kind)}`, title, kind, series)];
    });
}

/** Whose lines are of the experiments. */
const group = "experiments";

/** One for each metric. */
function overlaidCurves(experiments: readonly ExperimentReport[]): Chart[] {
    const names = [...new Set(experiments.flatMap(({ curves }) => curves.map(({ name }) => name)))];
    const kindOf = (name: string) =>
        experiments.flatMap(({ curves }) => curves).find((curve) => curve.name === name)?.kind ?? "other";
    const order = titles.map(([kind]) => kind);
    const sorted = [...names].sort((a, b) => order.indexOf(kindOf(a)) - order.indexOf(kindOf(b)));
    return sorted.map((metric) => {
        const series = experiments.flatMap(({ name, curves }, colour) => {
            const curve = curves.find((one) => one.name === metric);
            return curve ? [{ name, colour, points: curve.points }] : [];
        });
        return { ...curveChart(`curve-${idOf(metric)}`, metric, kindOf(metric), series), group };
    });
}

/** Losses and learning rates go over orders of magnitude. */
function curveChart(id: string, title: string, kind: CurveKind, series: readonly Series[]): Chart {
    const isPositive = series.every(({ points }) => points.every(([, value]) => value > 0));
    const isWide = kind === "learning rate" || (kind === "loss" && spread(series) > 20);
    return {
        id,
        title,
        x: { label: "step", scale: "linear" },
        y: { label: labelOf(kind, series), scale: isPositive && isWide ? "log" : "linear" },
        series,
    };
}

/** A plot of one line has no legend to name it. */
function labelOf(kind: CurveKind, [first, ...others]: readonly Series[]): string {
    if (others.length === 0) return first?.name ?? "";
    return kind === "other" ? "" : kind;
}

function spread(series: readonly Series[]): number {
    const values = series.flatMap(({ points }) => points.map(([, value]) => value));
    return (
        values.reduce((a, b) => Math.max(a, b), 0) / values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    );
}

const rate = { label: "false-alarm rate (per year)", scale: "log" } as const;
const band = "one standard deviation";

/** One for each pair of masses. */
function volumeCharts(volume: SensitiveVolume): Chart[] {
    return volume.pairs.map((pair) => ({
        id: `volume-${idOf(pair.name)}`,
        title: pairTitle(pair.name),
        x: rate,
        y: { label: "sensitive volume (Gpc³)", scale: "linear", fromZero: true },
        band,
        series: [{ name: pair.name, colour: 0, points: pointsOf(volume.falseAlarmRates, pair) }],
    }));
}

function pointsOf(rates: readonly number[], { volumes, errors }: MassPair): Series["points"] {
    const points = rates.map((far, index) => [far, volumes[index] ?? Number.NaN, errors[index] ?? 0] as const);
    return points.filter(([far, volume]) => far > 0 && Number.isFinite(volume));
}

/** Of each experiment to the first that has a sensitive volume. */
function ratioCharts(experiments: readonly ExperimentReport[]): Chart[] {
    return ratiosTo(experiments).map(({ pair, first, series }) => ({
        id: `ratio-${idOf(pair)}`,
        title: pairTitle(pair),
        group,
        x: rate,
        y: { label: `sensitive volume ÷ that of ${first}`, scale: "linear" },
        mark: 1,
        series,
    }));
}

export function pairTitle(name: string): string {
    return `${name.replace("-", " + ")} solar masses`;
}

function idOf(name: string): string {
    return name.replaceAll(/[^\w-]+/g, "-");
}

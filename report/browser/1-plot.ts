// Draws one plot: its lines, bands and what the pointer or the arrow keys point at.
type Chart = import("../model/chart.ts").Chart;
type Series = import("../model/chart.ts").Series;

declare const Plot: typeof import("@observablehq/plot");

const colours = 10;
const dashes = ["", "6 3", "2 3"];

interface Dot {
    readonly x: number;
    readonly y: number;
    readonly low: number;
    readonly high: number;
    readonly series: string;
}

/** Ten colours, then the same dashed: twenty lines can be told apart. */
function strokeOf(index: number): { readonly stroke: string; readonly dash: string } {
    return { stroke: `var(--c${index % colours})`, dash: dashes[Math.floor(index / colours) % dashes.length] ?? "" };
}

/** @param cursor - where the arrow keys are, if they have been used */
function drawPlot(chart: Chart, hidden: ReadonlySet<string>, width: number, cursor: number | undefined): SVGElement {
    const shown = chart.series.filter(({ name }) => !hidden.has(name));
    const dots = shown.map((series) => dotsOf(chart, series));
    const marks = shown.flatMap(({ colour }, index) => {
        const own = dots[index] ?? [];
        const { stroke, dash } = strokeOf(colour);
        const line = {
            x: "x",
            y: "y",
            stroke,
            strokeWidth: 1.6,
            ...(dash !== "" && { strokeDasharray: dash }),
        };
        const band =
            chart.band === undefined
                ? []
                : [Plot.areaY(own, { x: "x", y1: "low", y2: "high", fill: stroke, fillOpacity: 0.2 })];
        const lone = own.length === 1 ? [Plot.dot(own, { x: "x", y: "y", fill: stroke })] : [];
        return [...band, Plot.line(own, line), ...lone];
    });
    return Plot.plot({
        className: "plot-lines",
        width,
        height: Math.round(Math.min(300, Math.max(220, width * 0.55))),
        // The label of the axis stands above its uppermost tick.
        marginTop: 28,
        marginLeft: 56,
        marginBottom: 38,
        x: {
            label: chart.x.label,
            type: chart.x.scale,
            ...(chart.x.scale === "linear" && { nice: true }),
            ...(chart.x.scale === "log" && { ticks: 4, tickFormat: ticked }),
        },
        y: {
            label: chart.y.label,
            type: chart.y.scale,
            grid: true,
            ...(chart.y.fromZero && { zero: true }),
            ...(chart.y.scale === "log" && { ticks: 5, tickFormat: ticked }),
        },
        marks: [
            ...(chart.mark === undefined
                ? []
                : [Plot.ruleY([chart.mark], { stroke: "currentColor", strokeOpacity: 0.5 })]),
            ...marks,
            ...(cursor === undefined ? [] : [Plot.ruleX([cursor], { stroke: "currentColor", strokeOpacity: 0.7 })]),
            Plot.tip(
                dots.flat(),
                Plot.pointerX({ x: "x", y: "y", title: (dot: Dot) => describeDot(chart, dot), maxRadius: 60 }),
            ),
        ],
    }) as SVGElement;
}

/** Powers of ten alone carry a number: between them there is no room. */
function ticked(value: number): string {
    return Math.abs(Math.log10(value) % 1) < 1e-9 ? shortNumber(value) : "";
}

/** A logarithmic axis has no place for 0 and below. */
function dotsOf(chart: Chart, { name, points }: Series): Dot[] {
    const fits = (value: number, { scale }: Chart["x"]) => scale === "linear" || value > 0;
    return points
        .filter(([x, y]) => fits(x, chart.x) && fits(y, chart.y))
        .map(([x, y, band = 0]) => ({ x, y, low: y - band, high: y + band, series: name }));
}

function describeDot(chart: Chart, { x, y, high, series }: Dot): string {
    const error = chart.band === undefined ? "" : ` ± ${shortNumber(high - y)}`;
    return `${series}: ${shortNumber(y)}${error}\n${chart.x.label} ${shortNumber(x)}`;
}

function shortNumber(value: number): string {
    const size = Math.abs(value);
    return size !== 0 && (size < 1e-3 || size >= 1e6)
        ? Number(value.toPrecision(3)).toExponential()
        : String(Number(value.toPrecision(4)));
}

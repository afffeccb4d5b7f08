// A figure of the page: the plot, values by the arrow keys, and its data as a table.

/** Where the arrow keys are in each plot; it outlives the changes of a live page. */
const cursors = new Map<string, number>();

function chartOf(figure: Element): Chart | undefined {
    return drawn.charts.get(figure.getAttribute("data-chart") ?? "");
}

const widths = new ResizeObserver((entries) => {
    for (const { target } of entries) {
        const figure = target.closest("figure");
        if (figure) draw(figure);
    }
});

/** Once for each figure; what is drawn in it may change later. */
function setUpFigure(figure: HTMLElement): void {
    const plot = figure.querySelector<HTMLElement>(".plot");
    const details = figure.querySelector("details");
    if (!plot || !details) return;
    plot.addEventListener("keydown", (event) => {
        const chart = chartOf(figure);
        if (chart && moveCursor(chart, event.key)) {
            event.preventDefault();
            draw(figure);
            tellValues(figure, chart);
        }
    });
    details.addEventListener("toggle", () => {
        fillTable(figure);
    });
    fillFigure(figure);
    widths.observe(plot);
}

/** With what there is to be drawn now. */
function fillFigure(figure: HTMLElement): void {
    fillLegends(figure);
    fillTable(figure);
    draw(figure);
}

function draw(figure: HTMLElement): void {
    const chart = chartOf(figure);
    const plot = figure.querySelector<HTMLElement>(".plot");
    if (!chart || !plot || plot.clientWidth === 0) return;
    const svg = drawPlot(chart, hiddenIn(legendOf(chart)), plot.clientWidth, cursors.get(chart.id));
    svg.setAttribute("role", "img");
    // The library names its groups, which have no role to be named by.
    for (const group of svg.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label");
    svg.setAttribute("aria-label", summaryOf(chart));
    plot.replaceChildren(svg);
}

function summaryOf({ title, x, y, series }: Chart): string {
    const names = series.map(({ name }) => name).join(", ");
    return `${title}: ${names} against ${x.label}${y.label === "" ? "" : `, in ${y.label}`}. The table below has the values.`;
}

/** All x that any line has, ascending. */
function placesOf({ series }: Chart): number[] {
    return [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
}

/** False for a key that moves nothing. */
function moveCursor(chart: Chart, key: string): boolean {
    const places = placesOf(chart);
    const cursor = cursors.get(chart.id);
    const at = cursor === undefined ? -1 : places.indexOf(cursor);
    const last = places.length - 1;
    const moves: Readonly<Record<string, number>> = {
        ArrowLeft: at < 0 ? last : Math.max(0, at - 1),
        ArrowRight: Math.min(last, at + 1),
        Home: 0,
        End: last,
    };
    const place = places[moves[key] ?? -1];
    if (place === undefined) return false;
    cursors.set(chart.id, place);
    return true;
}

function tellValues(figure: HTMLElement, chart: Chart): void {
    const cursor = cursors.get(chart.id);
    const hidden = hiddenIn(legendOf(chart));
    const reading = figure.querySelector(".reading");
    if (!reading || cursor === undefined) return;
    const values = chart.series
        .filter(({ name }) => !hidden.has(name))
        .flatMap(({ name, points }) => points.filter(([x]) => x === cursor).map((point) => `${name} ${cellOf(point)}`));
    reading.textContent = `${chart.x.label} ${shortNumber(cursor)}: ${values.join(", ")}`;
}

function cellOf([, y, band]: Series["points"][number]): string {
    return band === undefined ? shortNumber(y) : `${shortNumber(y)} ± ${shortNumber(band)}`;
}

/** When it is asked for: twenty experiments have many numbers. */
function fillTable(figure: HTMLElement): void {
    const chart = chartOf(figure);
    const details = figure.querySelector("details");
    if (!chart || !details?.open) return;
    const cell = (name: "th" | "td", text: string, scope?: string) => {
        const element = document.createElement(name);
        element.textContent = text;
        if (scope !== undefined) element.setAttribute("scope", scope);
        return element;
    };
    const row = (cells: readonly HTMLElement[]) => {
        const element = document.createElement("tr");
        element.append(...cells);
        return element;
    };
    const known = chart.series.map(({ points }) => new Map(points.map((point) => [point[0], cellOf(point)])));
    const head = document.createElement("thead");
    head.append(row([chart.x.label, ...chart.series.map(({ name }) => name)].map((text) => cell("th", text, "col"))));
    const body = document.createElement("tbody");
    body.append(
        ...placesOf(chart).map((x) =>
            row([cell("th", shortNumber(x), "row"), ...known.map((values) => cell("td", values.get(x) ?? ""))]),
        ),
    );
    const table = document.createElement("table");
    table.append(head, body);
    details.querySelector(".scroll")?.replaceChildren(table);
}

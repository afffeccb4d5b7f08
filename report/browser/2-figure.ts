// A figure of the page: the plot, a legend that hides lines, values by the arrow keys, and its data as a table.

/** What the reader has chosen; it outlives the changes of a live page. */
interface Choice {
    readonly hidden: Set<string>;
    cursor: number | undefined;
}

const choices = new Map<string, Choice>();
/** What is drawn now; a live page gets others. */
const drawn = { charts: new Map<string, Chart>() };

function choiceOf(id: string): Choice {
    const choice = choices.get(id) ?? { hidden: new Set(), cursor: undefined };
    choices.set(id, choice);
    return choice;
}

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
    fillLegend(figure);
    fillTable(figure);
    draw(figure);
}

function draw(figure: HTMLElement): void {
    const chart = chartOf(figure);
    const plot = figure.querySelector<HTMLElement>(".plot");
    if (!chart || !plot || plot.clientWidth === 0) return;
    const { hidden, cursor } = choiceOf(chart.id);
    const svg = drawPlot(chart, hidden, plot.clientWidth, cursor);
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

function fillLegend(figure: HTMLElement): void {
    const chart = chartOf(figure);
    const legend = figure.querySelector<HTMLElement>(".legend");
    if (!chart || !legend) return;
    const { hidden } = choiceOf(chart.id);
    // One line needs none: the plot's axis or title names it.
    legend.hidden = chart.series.length < 2;
    legend.replaceChildren(
        ...chart.series.map(({ name }, index) => {
            const button = document.createElement("button");
            button.type = "button";
            button.setAttribute("aria-pressed", String(!hidden.has(name)));
            button.append(swatch(index), ` ${name}`);
            button.addEventListener("click", () => {
                if (!hidden.delete(name)) hidden.add(name);
                button.setAttribute("aria-pressed", String(!hidden.has(name)));
                draw(figure);
            });
            const item = document.createElement("li");
            item.append(button);
            return item;
        }),
    );
}

function swatch(index: number): SVGElement {
    const make = (name: string, attributes: Readonly<Record<string, string>>) => {
        const element = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        return element;
    };
    const { colour, dash } = strokeOf(index);
    const svg = make("svg", { class: "swatch", viewBox: "0 0 20 10", "aria-hidden": "true" });
    svg.append(
        make("line", {
            x1: "0",
            x2: "20",
            y1: "5",
            y2: "5",
            stroke: colour,
            "stroke-width": "3",
            "stroke-dasharray": dash,
        }),
    );
    return svg;
}

/** All x that any line has, ascending. */
function placesOf({ series }: Chart): number[] {
    return [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
}

/** False for a key that moves nothing. */
function moveCursor(chart: Chart, key: string): boolean {
    const places = placesOf(chart);
    const choice = choiceOf(chart.id);
    const at = choice.cursor === undefined ? -1 : places.indexOf(choice.cursor);
    const last = places.length - 1;
    const moves: Readonly<Record<string, number>> = {
        ArrowLeft: at < 0 ? last : Math.max(0, at - 1),
        ArrowRight: Math.min(last, at + 1),
        Home: 0,
        End: last,
    };
    const next = moves[key];
    if (next === undefined || places[next] === undefined) return false;
    choice.cursor = places[next];
    return true;
}

function tellValues(figure: HTMLElement, chart: Chart): void {
    const { cursor, hidden } = choiceOf(chart.id);
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

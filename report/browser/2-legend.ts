// Legends: a button for each line hides and shows it, in one plot or in all plots of a group.

/** Names of lines that the reader has hidden, by plot or group; they outlive the changes of a live page. */
const hiddenLines = new Map<string, Set<string>>();
/** What is drawn now; a live page gets others. */
const drawn = { charts: new Map<string, Chart>() };

/** What a choice in the legend is for. */
function legendOf({ id, group }: Chart): string {
    return group ?? id;
}

function hiddenIn(legend: string): Set<string> {
    const hidden = hiddenLines.get(legend) ?? new Set();
    hiddenLines.set(legend, hidden);
    return hidden;
}

function fillLegends(root: ParentNode): void {
    for (const list of root.querySelectorAll<HTMLElement>(".legend[data-legend]")) fillLegend(list);
}

function fillLegend(list: HTMLElement): void {
    const legend = list.dataset.legend ?? "";
    const charts = [...drawn.charts.values()].filter((chart) => legendOf(chart) === legend);
    const lines = new Map(charts.flatMap(({ series }) => series.map(({ name, colour }) => [name, colour] as const)));
    const sorted = [...lines].sort(([, a], [, b]) => a - b);
    // One line needs none: the plot's axis or title names it.
    list.hidden = sorted.length < 2;
    const wanted = JSON.stringify(sorted);
    // Who is at one of the buttons stays there while a live page changes.
    if (list.dataset.lines === wanted) return;
    list.dataset.lines = wanted;
    list.replaceChildren(...sorted.map(([name, colour]) => legendItem(legend, name, colour)));
}

function legendItem(legend: string, name: string, colour: number): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(!hiddenIn(legend).has(name)));
    button.append(swatch(colour), ` ${name}`);
    button.addEventListener("click", () => {
        toggleLine(legend, name);
    });
    const item = document.createElement("li");
    item.append(button);
    item.dataset.line = name;
    return item;
}

/** A group may have its legend in several sections. */
function toggleLine(legend: string, name: string): void {
    const hidden = hiddenIn(legend);
    if (!hidden.delete(name)) hidden.add(name);
    for (const item of document.querySelectorAll<HTMLElement>(".legend[data-legend] > li")) {
        if (item.parentElement?.dataset.legend !== legend || item.dataset.line !== name) continue;
        item.querySelector("button")?.setAttribute("aria-pressed", String(!hidden.has(name)));
    }
    for (const figure of document.querySelectorAll<HTMLElement>("figure[data-chart]")) {
        const chart = chartOf(figure);
        if (chart && legendOf(chart) === legend) draw(figure);
    }
}

function swatch(colour: number): SVGElement {
    const make = (name: string, attributes: Readonly<Record<string, string>>) => {
        const element = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        return element;
    };
    const { stroke, dash } = strokeOf(colour);
    const svg = make("svg", { class: "swatch", viewBox: "0 0 20 10", "aria-hidden": "true" });
    const ends = { x1: "0", x2: "20", y1: "5", y2: "5" };
    svg.append(make("line", { ...ends, stroke, "stroke-width": "3", "stroke-dasharray": dash }));
    return svg;
}

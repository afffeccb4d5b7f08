// Follows a live page's experiment: sections that have changed are put in place of the old ones, nothing is loaded again.
type Parts = import("../model/parts.ts").Parts;

function follow(): void {
    const said = document.querySelector("#live");
    const say = (text: string) => {
        // Said again, a status would be read aloud again.
        if (said && said.textContent !== text) said.textContent = text;
    };
    const source = new EventSource("events");
    source.addEventListener("open", () => {
        say("live");
    });
    source.addEventListener("error", () => {
        say("the connection is lost; trying again");
    });
    source.addEventListener("parts", (event: MessageEvent<string>) => {
        apply(JSON.parse(event.data) as Parts);
        say("live");
    });
    source.addEventListener("trouble", (event: MessageEvent<string>) => {
        say(`live, but the last look failed: ${JSON.parse(event.data) as string}`);
    });
}

const shown: { sections: Readonly<Record<string, string>> } = { sections: {} };

function apply({ title, made, sections, nav, charts: newCharts }: Parts): void {
    document.title = `${title} – Aframe`;
    const time = document.querySelector("#made time");
    if (time) {
        time.setAttribute("datetime", made);
        time.textContent = `${made.slice(0, 19).replace("T", " ")} UTC`;
    }
    const before = drawn.charts;
    drawn.charts = new Map(newCharts.map((chart) => [chart.id, chart]));
    const isOther = (id: string) => JSON.stringify(before.get(id)) !== JSON.stringify(drawn.charts.get(id));
    if (Object.keys(sections).join() !== Object.keys(shown.sections).join()) placeSections(sections, nav);
    for (const [id, text] of Object.entries(sections)) {
        const section = document.getElementById(id);
        if (section && shown.sections[id] !== text) replaceSection(section, text);
    }
    for (const figure of document.querySelectorAll<HTMLElement>("figure[data-chart]")) {
        if (isOther(figure.getAttribute("data-chart") ?? "")) fillFigure(figure);
    }
    fillLegends(document);
    shown.sections = sections;
}

/** Makes room for sections that are new, and removes those that have gone; the others are not touched. */
function placeSections(sections: Readonly<Record<string, string>>, nav: string): void {
    const main = document.querySelector("main");
    if (!main) return;
    for (const section of main.querySelectorAll(":scope > section")) if (!(section.id in sections)) section.remove();
    let next: Element | null = null;
    for (const id of Object.keys(sections).reverse()) {
        const section: Element =
            document.getElementById(id) ?? Object.assign(document.createElement("section"), { id });
        if (section.parentElement !== main) main.insertBefore(section, next);
        next = section;
    }
    const list = document.querySelector("nav ul");
    if (list) list.innerHTML = nav;
}

/** What is open stays open, and the focus stays where it was. */
function replaceSection(section: HTMLElement, text: string): void {
    const focusable = "a, button, input, summary, [tabindex]";
    const open = [...section.querySelectorAll("details")].map((details) => details.open);
    const only = section.querySelector<HTMLInputElement>(".only-differing")?.checked ?? false;
    const focused = [...section.querySelectorAll<HTMLElement>(focusable)].indexOf(
        document.activeElement as HTMLElement,
    );
    section.outerHTML = text;
    const now = document.getElementById(section.id);
    if (!now) return;
    for (const [index, details] of [...now.querySelectorAll("details")].entries()) details.open = open[index] ?? false;
    const box = now.querySelector<HTMLInputElement>(".only-differing");
    if (box) box.checked = only;
    setUpSection(now);
    if (focused >= 0) now.querySelectorAll<HTMLElement>(focusable)[focused]?.focus({ preventScroll: true });
}

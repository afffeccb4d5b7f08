// Brings the page to life once it is there.

function setUpSection(section: ParentNode): void {
    for (const figure of section.querySelectorAll<HTMLElement>("figure[data-chart]")) setUpFigure(figure);
    fillLegends(section);
    const box = section.querySelector<HTMLInputElement>(".only-differing");
    const table = section.querySelector(".settings");
    if (!box || !table) return;
    const filter = () => table.classList.toggle("is-short", box.checked);
    box.addEventListener("change", filter);
    filter();
}

const embedded = document.getElementById("charts")?.textContent ?? "[]";
drawn.charts = new Map((JSON.parse(embedded) as Chart[]).map((chart) => [chart.id, chart]));
setUpSection(document);
if (document.documentElement.hasAttribute("data-live")) follow();

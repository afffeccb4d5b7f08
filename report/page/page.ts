// A report as one HTML file that needs nothing else: no network, no other file.
import { chartsOf } from "../model/charts.ts";
import type { Parts } from "../model/parts.ts";
import type { Report } from "../model/report.ts";
import { loadAssets } from "./assets.ts";
import { embeddedJson, Html, html } from "./html.ts";
import { renderSection, sectionsOf } from "./sections.ts";
import { time } from "./words.ts";

export function partsOf(report: Report): Parts {
    const charts = chartsOf(report.experiments);
    const sections = sectionsOf(report, charts);
    return {
        title: titleOf(report),
        made: report.made,
        sections: Object.fromEntries(sections.map((section) => [section.id, renderSection(section).text])),
        nav: html`${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}`.text,
        charts,
    };
}

function titleOf({ experiments }: Report): string {
    const names = experiments.map(({ name }) => name);
    return names.length <= 3 ? names.join(", ") : `${names.length} experiments`;
}

/** @param live - the page listens for changes at `events` beside it */
export async function renderPage(report: Report, live = false): Promise<string> {
    const { style, script, policy } = await loadAssets();
    const { title, made, sections, nav, charts } = partsOf(report);
    return html`<!doctype html>
<html lang="en"${live && html` data-live`}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(live ? "'self'" : "'none'")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Aframe</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header>
<h1>${title}</h1>
<p class="made">${report.experiments.length > 1 ? "Aframe experiments" : "Aframe experiment"}, as of <span id="made">${time(made)}</span>, by ${report.tool}</p>
${live && html`<p id="live" role="status">connecting</p>`}
</header>
<nav aria-label="Sections"><ul>${new Html(nav)}</ul></nav>
<noscript><p class="note">The plots are drawn by a script; all else is here without it.</p></noscript>
<main id="main" tabindex="-1">
${Object.values(sections).map((section) => new Html(section))}
</main>
<script type="application/json" id="charts">${embeddedJson(charts)}</script>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
}

// Pieces that many sections are made of.
import type { Chart } from "../model/chart.ts";
import { type Content, type Html, html } from "./html.ts";

/** @param caption - names the table to those who hear the page; no other part of it may have that name */
export function table(caption: string, head: readonly string[], rows: readonly (readonly Content[])[]): Html {
    return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
<table><caption class="unseen">${caption}</caption>
<thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(([first, ...others]) => html`<tr><th scope="row">${first}</th>${others.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;
}

export function facts(rows: readonly (readonly [title: string, content: Content])[]): Html {
    const given = rows.filter(([, content]) => content !== undefined && content !== "");
    return html`<dl>${given.map(([title, content]) => html`<div><dt>${title}</dt><dd>${content}</dd></div>`)}</dl>`;
}

export function badge(state: string): Html {
    return html`<span class="badge is-${state.replaceAll(" ", "-")}">${state}</span>`;
}

export function code(text: string | undefined): Html | undefined {
    return text === undefined ? undefined : html`<code>${text}</code>`;
}

/** Nothing where there are none. */
export function problemList(problems: readonly string[]): Html | undefined {
    if (problems.length === 0) return undefined;
    return html`<div class="note"><h3>What could not be looked at, or is wrong</h3><ul>${problems.map((one) => html`<li>${one}</li>`)}</ul></div>`;
}

/** Where the script of the page puts a button for each line. */
export function legend(id: string, title: string): Html {
    return html`<ul class="legend" data-legend="${id}" aria-label="${title}"></ul>`;
}

/** Where the script of the page draws a plot; its data stand in a table for those who do not see it. */
export function figure({ id, title, group }: Chart): Html {
    return html`<figure data-chart="${id}">
<figcaption id="${id}-title">${title}</figcaption>
${group === undefined && legend(id, `Lines of ${title}`)}
<div class="plot" role="group" tabindex="0" aria-label="Plot of ${title}; the arrow keys read its values"></div>
<output class="reading" aria-label="Values of ${title}"></output>
<details><summary>${title} as a table</summary><div class="scroll" role="region" tabindex="0" aria-label="${title} as a table"></div></details>
</figure>`;
}

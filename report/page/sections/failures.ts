// What went wrong, why, and the last lines of its log.
import { stripVTControlCharacters } from "node:util";
import type { Failure } from "../../model/report.ts";
import { type Html, html } from "../html.ts";
import { code } from "../parts.ts";
import { time } from "../words.ts";

export function failures(all: readonly Failure[]): Html {
    return html`${all.map(
        ({ where, cause, when, log, file }) => html`<article class="failure"><h3>${where}</h3>
<p>${cause}</p>${when && html`<p class="hint">Begun ${time(when)}</p>`}
${log.length > 0 && html`<pre role="region" tabindex="0" aria-label="Log of ${where}">${stripVTControlCharacters(log.join("\n"))}</pre>`}
${file && html`<p class="hint">The whole log: ${code(file)}</p>`}</article>`,
    )}`;
}

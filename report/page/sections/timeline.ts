// When what ran: a bar for each run of a stage and each step of a pod.
import type { Span } from "../../model/report.ts";
import { secondsOf } from "../../model/spans.ts";
import { type Html, html } from "../html.ts";
import { table } from "../parts.ts";
import { scaleWidth, type TimeScale, timeScale } from "../timeScale.ts";
import { duration, time } from "../words.ts";

const words: Readonly<Record<Span["kind"], string>> = {
    stage: "run",
    upload: "sending",
    queue: "queue",
    pull: "pulling images",
    sync: "fetching code",
    fetch: "fetching data",
    train: "training",
};

export function timeline(spans: readonly Span[], made: Date): Html {
    const scale = timeScale(spans, made);
    const rows = [...new Set(spans.map(({ row }) => row))];
    const sorted = [...spans].sort((a, b) => a.began.localeCompare(b.began));
    const kinds = (Object.keys(words) as Span["kind"][]).filter((kind) => spans.some((span) => span.kind === kind));
    const cells = sorted.map((span) => [
        span.row,
        `${words[span.kind]}${span.failed ? ", failed" : ""}`,
        time(span.began),
        span.ended === undefined ? "goes on" : time(span.ended),
        duration(secondsOf(span, made)),
    ]);
    return html`<ul class="legend">${kinds.map((kind) => html`<li><svg class="swatch" aria-hidden="true" viewBox="0 0 10 10"><rect class="bar is-${kind}" width="10" height="10"/></svg> ${words[kind]}</li>`)}</ul>
<ol class="timeline">${rows.map((row) => bars(row, spans, scale, made))}</ol>
<p class="ends"><span>${time(sorted[0]?.began)} ${time(endOf(spans, made))}</span></p>
${scale.cuts.length > 0 && html`<p class="hint">Hatched: breaks in which nothing ran, cut short (${scale.cuts.map(({ seconds }) => duration(seconds)).join(", ")}).</p>`}
<details><summary>Timeline as a table</summary>${table("Timeline", ["What", "Step", "Began", "Ended", "Took"], cells)}</details>`;
}

function endOf(spans: readonly Span[], made: Date): string {
    const ends = spans.map(({ ended }) => ended ?? made.toISOString());
    return ends.sort().at(-1) ?? "";
}

function bars(row: string, spans: readonly Span[], scale: TimeScale, made: Date): Html {
    const own = spans.filter((span) => span.row === row);
    const said = own.map(
        (span) => `${words[span.kind]} ${duration(secondsOf(span, made))}${span.failed ? " (failed)" : ""}`,
    );
    return html`<li><span class="row">${row}</span>
<svg viewBox="0 0 ${scaleWidth} 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="track" width="${scaleWidth}" height="16"/>
${scale.cuts.map(({ from, to }) => html`<rect class="cut" x="${round(from)}" width="${round(to - from)}" height="16"/>`)}
${own.map((span) => bar(span, scale, made))}</svg>
<span class="took">${said.join(" · ")}</span></li>`;
}

/** However short, it can be seen. */
function bar(span: Span, scale: TimeScale, made: Date): Html {
    const from = scale.at(new Date(span.began).getTime());
    const to = scale.at(new Date(span.ended ?? made).getTime());
    const width = Math.max(3, to - from);
    const x = Math.min(from, scaleWidth - width);
    const text = `${words[span.kind]} ${duration(secondsOf(span, made))}`;
    return html`<rect class="bar is-${span.kind}${span.failed && " is-failed"}" x="${round(x)}" width="${round(width)}" height="16"><title>${text}</title></rect>`;
}

function round(value: number): number {
    return Math.round(value * 10) / 10;
}

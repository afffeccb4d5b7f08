// How the page writes amounts, durations and times.
import prettyBytes from "pretty-bytes";
import prettyMs from "pretty-ms";
import { type Html, html } from "./html.ts";

export function bytes(count: number | undefined): string {
    return count === undefined ? "" : prettyBytes(count, { nonBreakingSpace: true });
}

export function duration(seconds: number | undefined): string {
    if (seconds === undefined) return "";
    const form = seconds < 60 ? { secondsDecimalDigits: 1 } : { unitCount: 2, secondsDecimalDigits: 0 };
    return prettyMs(seconds * 1000, form).replaceAll(" ", "\u00a0");
}

/** In UTC, for readers in many places. */
export function time(iso: string | undefined): Html | undefined {
    if (iso === undefined) return undefined;
    return html`<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

export function number(value: number): string {
    return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "–";
}

// Sums over the bars of a timeline.
import type { Span } from "./report.ts";

/** Seconds of a span; of one that goes on until now. */
export function secondsOf({ began, ended }: Span, now: Date): number {
    return Math.max(0, (new Date(ended ?? now).getTime() - new Date(began).getTime()) / 1000);
}

/** From when to when, in ms. */
export type Stretch = readonly [from: number, to: number];

/** When anything went on: spans that overlap or touch are one stretch. */
export function busyStretches(spans: readonly Span[], now: Date): Stretch[] {
    const sorted = spans
        .map(({ began, ended }): Stretch => [new Date(began).getTime(), new Date(ended ?? now).getTime()])
        .filter(([from, to]) => to >= from)
        .sort(([a], [b]) => a - b);
    const stretches: [number, number][] = [];
    for (const [from, to] of sorted) {
        const last = stretches.at(-1);
        if (last && from <= last[1]) last[1] = Math.max(last[1], to);
        else stretches.push([from, to]);
    }
    return stretches;
}

export function busySeconds(spans: readonly Span[], now: Date): number {
    return busyStretches(spans, now).reduce((sum, [from, to]) => sum + (to - from) / 1000, 0);
}

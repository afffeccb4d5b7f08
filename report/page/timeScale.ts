// Where times are on the timeline: in proportion, but that long breaks in which nothing ran are cut short.

import type { Span } from "../model/report.ts";
import { busyStretches } from "../model/spans.ts";

export interface TimeScale {
    /** In thousandths of the width. @param time - ms since the epoch */
    readonly at: (time: number) => number;
    /** The breaks that were cut, in thousandths, and how long they were in seconds. */
    readonly cuts: readonly { readonly from: number; readonly to: number; readonly seconds: number }[];
}

export const scaleWidth = 1000;
/** A break is cut when it is longer than this share of all that ran. */
const longBreak = 0.25;
const cutWidth = 30;

export function timeScale(spans: readonly Span[], now: Date): TimeScale {
    const busy = busyStretches(spans, now);
    const total = busy.reduce((sum, [from, to]) => sum + to - from, 0);
    const breaks = busy.slice(1).map(([from], index) => [busy[index]?.[1] ?? from, from] as const);
    const cut = breaks.filter(([from, to]) => to - from > longBreak * total);
    const start = busy[0]?.[0] ?? now.getTime();
    const end = busy.at(-1)?.[1] ?? start;
    const drawn = end - start - cut.reduce((sum, [from, to]) => sum + to - from, 0);
    const factor = (scaleWidth - cut.length * cutWidth) / Math.max(1, drawn);
    const at = (time: number): number => {
        const before = cut.filter(([, to]) => to <= time);
        const within = cut.find(([from, to]) => from < time && time < to);
        const lost = before.reduce((sum, [from, to]) => sum + to - from, 0);
        const counted = within ? within[0] : time;
        const part = within ? (cutWidth * (time - within[0])) / (within[1] - within[0]) : 0;
        return (counted - start - lost) * factor + before.length * cutWidth + part;
    };
    return { at, cuts: cut.map(([from, to]) => ({ from: at(from), to: at(to), seconds: (to - from) / 1000 })) };
}

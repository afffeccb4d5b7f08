// Training curves out of Lightning's metrics.csv: one curve for each column of numbers.
import type { Curve, CurveKind } from "./report.ts";

/** More points than this are more than a screen can show. */
export const mostPoints = 500;

/** Columns that count, and are no result. */
const counters = new Set(["epoch", "step"]);

const kinds: readonly (readonly [CurveKind, RegExp])[] = [
    ["learning rate", /^lr\b|learning_rate|^lr-/i],
    ["throughput", /throughput|per_sec|samples_per|batches_per|_time$|^it_s$/i],
    ["validation", /val/i],
    ["loss", /loss/i],
];

type Points = Map<number, number>;

/**
 * @param texts - of the versions of one training, oldest first: one that goes on from a checkpoint writes the next
 * version, whose steps replace those that were lost with the earlier pod
 */
export function readCurves(texts: readonly string[]): Curve[] {
    const columns = new Map<string, Points>();
    for (const text of texts) {
        for (const [name, points] of readColumns(text)) {
            // A training that logs every step has more of them than a call can have arguments.
            const first = [...points.keys()].reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
            const kept = [...(columns.get(name) ?? [])].filter(([step]) => step < first);
            columns.set(name, new Map([...kept, ...points]));
        }
    }
    return [...columns].flatMap(([name, found]) => {
        const points = [...found].sort(([a], [b]) => a - b);
        const last = points.at(-1)?.[1];
        return last === undefined ? [] : [{ name, kind: kindOf(name), points: thin(points, mostPoints), last }];
    });
}

function kindOf(name: string): CurveKind {
    return kinds.find(([, pattern]) => pattern.test(name))?.[0] ?? "other";
}

/** A last line without an end was cut by the copy; Lightning leaves empty what a step does not have. */
function readColumns(csv: string): Map<string, Points> {
    const [header = "", ...lines] = csv.split(/\r?\n/).slice(0, -1);
    const names = header.split(",");
    const stepColumn = names.indexOf("step");
    const columns = new Map<string, Points>();
    for (const [index, line] of lines.entries()) {
        const values = line.split(",");
        if (values.length !== names.length) continue;
        const step = stepColumn < 0 ? index : Number(values[stepColumn]);
        if (!Number.isFinite(step)) continue;
        for (const [column, name] of names.entries()) {
            const value = numberOf(values[column]);
            if (name === "" || counters.has(name) || value === undefined) continue;
            const points = columns.get(name) ?? new Map<number, number>();
            columns.set(name, points.set(step, value));
        }
    }
    return columns;
}

function numberOf(text = ""): number | undefined {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : undefined;
}

/** Keeps the first and last point, and of each stretch between them the lowest and highest: peaks stay. */
export function thin<P extends readonly [number, number, ...number[]]>(points: readonly P[], most: number): P[] {
    if (points.length <= most) return [...points];
    const stretches = Math.floor(most / 2) - 1;
    const inner = points.slice(1, -1);
    const kept = Array.from({ length: stretches }, (_, index) => {
        const from = Math.floor((index * inner.length) / stretches);
        const stretch = inner.slice(from, Math.floor(((index + 1) * inner.length) / stretches));
        const sorted = [...stretch].sort((a, b) => a[1] - b[1]);
        const ends = new Set([sorted[0], sorted.at(-1)]);
        return stretch.filter((point) => ends.has(point));
    });
    return [...points.slice(0, 1), ...kept.flat(), ...points.slice(-1)];
}

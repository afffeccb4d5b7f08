// Several experiments beside each other: which settings differ, and how the sensitive volumes relate.
import { isSameText } from "../../config/values.ts";
import type { Series } from "./chart.ts";
import type { ExperimentReport, SensitiveVolume } from "./report.ts";

export interface Difference {
    readonly section: string;
    readonly key: string;
    /** One for each experiment; undefined where it has no such value. */
    readonly values: readonly (string | undefined)[];
}

export interface PackageDifference {
    readonly name: string;
    /** A version for each experiment; undefined where it is not known, or has no such package. */
    readonly values: readonly (string | undefined)[];
}

/** Packages of the trainings that are not the same in all of those that tell theirs. */
export function packageDifferences(experiments: readonly ExperimentReport[]): PackageDifference[] {
    const tables = experiments.map(({ provenance: { packages } }) => packages);
    const told = tables.filter((table) => table !== undefined);
    const names = [...new Set(told.flatMap((table) => Object.keys(table)))].sort((a, b) => a.localeCompare(b, "en"));
    return names.flatMap((name) =>
        told.every((table) => table[name] === told[0]?.[name])
            ? []
            : [{ name, values: tables.map((table) => table?.[name]) }],
    );
}

/** Where files are differs between any two experiments, and says nothing. */
const placeSections = new Set(["luigi_paths", "core"]);

export function differencesOf(experiments: readonly ExperimentReport[]): Difference[] {
    const tables = experiments.map(
        ({ settings, directory = "" }) =>
            new Map(settings.map(({ section, key, value }) => [`${section}\n${key}`, relative(value, directory)])),
    );
    const names = new Set(tables.flatMap((table) => [...table.keys()]));
    return [...names].flatMap((name) => {
        const [section = "", key = ""] = name.split("\n");
        const values = tables.map((table) => table.get(name));
        const isSame = values.every((value) => isSameText(value, values[0]));
        return isSame || placeSections.has(section) ? [] : [{ section, key, values }];
    });
}

function relative(value: string, directory: string): string {
    return directory !== "" && value.startsWith(`${directory}/`) ? value.slice(directory.length + 1) : value;
}

export interface Ratios {
    readonly pair: string;
    /** The experiment that the others are held against. */
    readonly first: string;
    readonly series: readonly Series[];
}

/** At the false-alarm rates of each; of the first that has a volume, what lies between its own rates is interpolated. */
export function ratiosTo(experiments: readonly ExperimentReport[]): Ratios[] {
    const measured = experiments.flatMap(({ name, volume }, colour) => (volume ? [{ name, colour, volume }] : []));
    const [first, ...others] = measured;
    if (first === undefined || others.length === 0) return [];
    return first.volume.pairs.map(({ name: pair }) => ({
        pair,
        first: first.name,
        series: others.flatMap(({ name, colour, volume }) => {
            const points = volume.falseAlarmRates.flatMap((far, index) => {
                const own = volume.pairs.find((one) => one.name === pair)?.volumes[index];
                const base = volumeAt(first.volume, pair, far);
                return own === undefined || base === undefined || !(base > 0) ? [] : [[far, own / base] as const];
            });
            return points.length === 0 ? [] : [{ name, colour, points }];
        }),
    }));
}

/** Undefined outside of what was measured. */
export function volumeAt({ falseAlarmRates, pairs }: SensitiveVolume, pair: string, far: number): number | undefined {
    const volumes = pairs.find(({ name }) => name === pair)?.volumes ?? [];
    const above = falseAlarmRates.findIndex((rate) => rate >= far);
    const [low, high] = [falseAlarmRates[above - 1], falseAlarmRates[above]];
    if (high === far) return volumes[above];
    const [from, to] = [volumes[above - 1], volumes[above]];
    if (low === undefined || high === undefined || from === undefined || to === undefined) return undefined;
    // Rates are read on a logarithmic axis, and volumes between them lie on its straight lines.
    const part = Math.log(far / low) / Math.log(high / low);
    return from + part * (to - from);
}

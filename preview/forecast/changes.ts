// What has changed in the settings of a stage since it ran, in words.

type Settings = Readonly<Record<string, string>>;

const shownChanges = 3;
const longestValue = 40;

/** `[luigi_FetchTrain] flag DATA -> DCS-ANALYSIS_READY_C01:1`; the first few of many, and how many more there are. */
export function describeChanges(before: Settings, after: Settings): string[] {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    const changes = keys.flatMap((key) => describeChange(key, before[key], after[key]));
    const more = changes.length - shownChanges;
    return [...changes.slice(0, shownChanges), ...(more > 0 ? [`${more} more settings`] : [])];
}

function describeChange(key: string, before: string | undefined, after: string | undefined): string[] {
    if (before === after) {
        return [];
    }
    const dot = key.lastIndexOf(".");
    const name = dot < 0 ? key : `[${key.slice(0, dot)}] ${key.slice(dot + 1)}`;
    if (before === undefined || after === undefined) {
        return [`${name} is ${after === undefined ? "gone" : "new"}`];
    }
    // Of a file that a setting names, the digest is kept.
    const isFile = before.startsWith("sha256:") && after.startsWith("sha256:");
    return [isFile ? `the file of ${name} changed` : `${name} ${shown(before)} -> ${shown(after)}`];
}

function shown(value: string): string {
    if (value === "") {
        return "(empty)";
    }
    return value.length > longestValue ? `${value.slice(0, longestValue - 1)}…` : value;
}

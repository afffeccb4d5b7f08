// The six directories of an experiment, from the `AFRAME_*` variables of the stack's environment.
import type { Problem } from "./errors.ts";
import { collect } from "./errors.ts";
import { pathsSection } from "./keys/services.ts";
import { formatLocation, overlaps, parseLocation } from "./location.ts";
import { placeOf } from "./origin.ts";
import type { Directories, LocalLocation, Location, Origin, ResolvedValue, StackSettings } from "./settings.ts";

export type DirectoryVariable = (typeof pathsSection)["keys"][number]["decidedBy"];

/** Newer versions of Aframe split the train data directory in two; one folder for both is what this program has. */
const splitNames = { background: "AFRAME_TRAIN_BACKGROUND_DIR", waveforms: "AFRAME_TRAIN_WAVEFORMS_DIR" };

interface Found {
    readonly location: Location;
    readonly origin: Origin;
}

/** Reads the directories; what is wrong goes to `problems`, and then undefined may be returned. */
export function readDirectories(stack: StackSettings, problems: Problem[]): Directories | undefined {
    const find = (variable: string) => findDirectory(stack, variable, problems);
    const local = (variable: string) => onlyLocal(find(variable), problems);
    const trainData = find("AFRAME_TRAIN_DATA_DIR");
    const testData = local("AFRAME_TEST_DATA_DIR");
    const run = find("AFRAME_TRAIN_RUN_DIR");
    const condor = local("AFRAME_CONDOR_DIR");
    const results = local("AFRAME_RESULTS_DIR");
    const tmp = local("AFRAME_TMPDIR");
    const isPair = trainData !== undefined && run !== undefined && checkPair(trainData, run, problems);
    checkDistinct([trainData, testData, run, results], problems);
    if (isPair && testData && condor && results && tmp) {
        return {
            trainData: trainData.location,
            testData: testData.location,
            run: run.location,
            condor: condor.location,
            results: results.location,
            tmp: tmp.location,
        };
    }
    return undefined;
}

/** The directories as rows of upstream's section for them, for reports. */
export function directoryValues(stack: StackSettings): ResolvedValue[] {
    return pathsSection.keys.map(({ key, decidedBy }) => {
        const name = variableName(stack, decidedBy ?? "");
        const value = stack.environment[name] ?? "";
        const origin = { kind: "environment", name } as const;
        return { section: pathsSection.name, key, value, origin, via: [], secret: false };
    });
}

function variableName(stack: StackSettings, variable: string): string {
    const given = (name: string) => (stack.environment[name] ?? "") !== "";
    const isSplit = variable === "AFRAME_TRAIN_DATA_DIR" && !given(variable) && given(splitNames.waveforms);
    return isSplit ? splitNames.waveforms : variable;
}

function findDirectory(stack: StackSettings, variable: string, problems: Problem[]): Found | undefined {
    const name = variableName(stack, variable);
    const text = stack.environment[name] ?? "";
    const origin = { kind: "environment", name } as const;
    const place = placeOf(origin);
    if (text === "") {
        if (!stack.replaced?.includes(`environment.${name}`)) {
            const suggestion = "start run.sh once, or set it in the stack's environment map";
            problems.push({ ...place, message: "is not set", suggestion });
        }
        return undefined;
    }
    const background = stack.environment[splitNames.background] ?? "";
    if (name === splitNames.waveforms && background !== "" && background !== text) {
        const message = `${background} and ${text} differ; one train data directory is supported`;
        problems.push({ ...placeOf({ kind: "environment", name: splitNames.background }), message });
        return undefined;
    }
    const location = collect(problems, place, () => parseLocation(text));
    return location === undefined ? undefined : { location, origin };
}

function onlyLocal(found: Found | undefined, problems: Problem[]): (Found & { location: LocalLocation }) | undefined {
    if (found === undefined) {
        return undefined;
    }
    const { location, origin } = found;
    if (location.kind === "local") {
        return { location, origin };
    }
    const message = `${location.uri} must be a local directory: only train data and run directory may be on S3`;
    problems.push({ ...placeOf(origin), message });
    return undefined;
}

/** Training runs where the run directory is, and a pod cannot read this machine's disks. */
function checkPair(trainData: Found, run: Found, problems: Problem[]): boolean {
    const isReadable = run.location.kind === "local" || trainData.location.kind === "s3";
    if (!isReadable) {
        const message =
            `the run directory ${run.location.uri} is on S3, so training is remote, ` +
            `but the train data directory ${trainData.location.path} is local`;
        const suggestion = "put AFRAME_TRAIN_DATA_DIR on S3 too, or make AFRAME_TRAIN_RUN_DIR local";
        problems.push({ ...placeOf(run.origin), message, suggestion });
    }
    return isReadable;
}

/** Stages would overwrite each other's files, and destroying one prefix would take the other along. */
function checkDistinct(directories: readonly (Found | undefined)[], problems: Problem[]): void {
    const found = directories.filter((directory) => directory !== undefined);
    found.forEach((one, index) => {
        for (const other of found.slice(index + 1)) {
            if (overlaps(one.location, other.location)) {
                const [a, b] = [formatLocation(one.location), formatLocation(other.location)];
                const message = a === b ? `${a} is also ${nameOf(one)}` : `${b} and ${nameOf(one)} ${a} overlap`;
                problems.push({ ...placeOf(other.origin), message, suggestion: "use separate directories" });
            }
        }
    });
}

function nameOf(found: Found): string {
    return found.origin.kind === "environment" ? found.origin.name : "";
}

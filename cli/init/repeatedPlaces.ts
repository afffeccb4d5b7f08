// Where the directories of a repeated run are: in the new experiment, and on S3 where the run had them there.
import path from "node:path";
import { parseBucketUrl } from "../../config/location.ts";
import type { RunFile } from "../../pipeline/provenance/runFile.ts";
import { directoryVariables } from "../environment.ts";
import { UsageError } from "../errors.ts";
import { directoriesOf } from "./runScript.ts";

type Variables = Record<(typeof directoryVariables)[number], string>;

/** Those of the six that newer versions of Aframe split in two. */
const splitVariable = /^AFRAME_(TRAIN|TEST)_(BACKGROUND|WAVEFORMS)_DIR$/;

const isOnS3 = (place: string) => place.startsWith("s3://");

export function repeatedPlaces(
    run: RunFile,
    { directory, stack, bucket }: { readonly directory: string; readonly stack: string; readonly bucket?: string },
): Variables {
    const { trainData, run: runDir } = run.directories;
    const here = directoriesOf(directory, undefined);
    if (!isOnS3(trainData) && !isOnS3(runDir)) {
        if (bucket !== undefined) {
            throw new UsageError("--s3-bucket: this run had nothing on S3, so its repetition has nothing there either");
        }
        return here;
    }
    const there = directoriesOf(directory, bucket ?? siblingOf(run, stack));
    const repeated = {
        ...here,
        ...(isOnS3(trainData) && { AFRAME_TRAIN_DATA_DIR: there.AFRAME_TRAIN_DATA_DIR }),
        ...(isOnS3(runDir) && { AFRAME_TRAIN_RUN_DIR: there.AFRAME_TRAIN_RUN_DIR }),
    };
    const taken = [trainData, runDir].filter((place) =>
        [repeated.AFRAME_TRAIN_DATA_DIR, repeated.AFRAME_TRAIN_RUN_DIR].includes(place),
    );
    if (taken.length > 0) {
        throw new UsageError(
            `${taken[0] ?? ""} is where the run itself is; give another --s3-bucket s3://BUCKET/PREFIX`,
        );
    }
    return repeated;
}

/** Beside the run's own prefix, under the new stack's name. */
function siblingOf({ directories }: RunFile, stack: string): string {
    const bases = [
        [directories.trainData, "/data/train"],
        [directories.run, "/training"],
    ].flatMap(([place = "", end = ""]) =>
        isOnS3(place) ? [place.endsWith(end) ? place.slice(0, -end.length) : ""] : [],
    );
    const [base = "", ...others] = bases;
    if (base === "" || others.some((other) => other !== base)) {
        throw new UsageError("--s3-bucket s3://BUCKET/PREFIX is missing: where data and run directory go");
    }
    const { bucket, prefix } = parseBucketUrl(base, { prefix: "optional" });
    const above = path.posix.dirname(prefix);
    return `s3://${[bucket, ...(above === "." ? [] : [above]), stack].join("/")}`;
}

/** What the stack's environment has besides the directories, and besides variables whose values the cfg now has. */
export function otherVariables({ stack }: RunFile): Record<string, string> {
    const isOther = (name: string) =>
        !directoryVariables.some((one) => one === name) && !splitVariable.test(name) && !name.startsWith("LAW__");
    return Object.fromEntries(Object.entries(stack.environment).filter(([name]) => isOther(name)));
}

/** Puts a path that leads into a directory of the run into that of its repetition; leaves any other text alone. */
export function relocator(run: RunFile, places: Variables): (text: string) => string {
    const { trainData, testData, run: runDir, condor, results, tmp } = run.directories;
    const moves = [
        [trainData, places.AFRAME_TRAIN_DATA_DIR],
        [testData, places.AFRAME_TEST_DATA_DIR],
        [runDir, places.AFRAME_TRAIN_RUN_DIR],
        [condor, places.AFRAME_CONDOR_DIR],
        [results, places.AFRAME_RESULTS_DIR],
        [tmp, places.AFRAME_TMPDIR.replace(/\/$/, "")],
    ].sort(([a = ""], [b = ""]) => b.length - a.length);
    return (text) => {
        const [from = "", to = ""] = moves.find(([old = ""]) => text === old || text.startsWith(`${old}/`)) ?? [];
        return `${to}${text.slice(from.length)}`;
    };
}

// Whether the training period has enough strain to validate on and to train on, which training itself finds out last.
import type { Problem } from "./errors.ts";
import { placeOf } from "./origin.ts";
import type { ResolvedValues } from "./resolvedValues.ts";

export interface ValidationNeed {
    /** Strain that training sets aside, at least. */
    readonly seconds: number;
    /** What says so: `min_valid_duration = 256 at train.yaml:30`. */
    readonly because: string;
}

export interface SplitFindings {
    readonly problems: readonly Problem[];
    readonly warnings: readonly Problem[];
}

/** Unless `min_valid_duration` of the yaml says otherwise. */
export const usualNeed: ValidationNeed = { seconds: 15_000, because: "Aframe's default of min_valid_duration" };

/**
 * Aframe takes whole files for validation, from the last one backwards, until they have `need.seconds`, and stops with
 * a bare IndexError when there are none left. What segments there will be is not known yet: a period that is too short
 * for any is wrong, one that is too short as a single segment is doubtful.
 */
export function checkValidationSplit(values: ResolvedValues, { seconds, because }: ValidationNeed): SplitFindings {
    const section = "luigi_FetchTrain";
    const [start = 0, end = 0] = [values.read(section, "start", "float"), values.read(section, "end", "float")];
    const longest = values.read(section, "max_duration", "float") ?? 0;
    const given = values.find(section, "end");
    const span = end - start;
    if (given === undefined || span <= 0) {
        return { problems: [], warnings: [] };
    }
    const place = { ...placeOf(given.origin), section: given.section, key: given.key };
    if (span <= seconds) {
        const message =
            `${start} to ${end} is ${span} s of strain at most, and validation takes ${seconds} s (${because}), ` +
            "so that none is left to train on";
        return { problems: [{ ...place, message, suggestion: "make the training period longer" }], warnings: [] };
    }
    const step = longest > 0 ? longest : span;
    const files = Math.floor((span - 1) / step) + 1;
    const last = span - (files - 1) * step;
    const forValidation = last >= seconds ? 1 : 1 + Math.ceil((seconds - last) / step);
    if (forValidation < files) {
        return { problems: [], warnings: [] };
    }
    const message =
        `${start} to ${end} as one segment makes ${files === 1 ? "one file" : `${files} files`} of ${step} s at most, ` +
        `and validation takes whole files for its ${seconds} s (${because}), so that none is left to train on`;
    return {
        problems: [],
        warnings: [{ ...place, message, suggestion: "a longer period, or a shorter max_duration" }],
    };
}

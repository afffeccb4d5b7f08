// Whether the training period leaves strain to validate on and to train on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { describeProblem } from "../../config/errors.ts";
import { type Sample, surveySample } from "./sample.ts";

interface Told {
    readonly problems?: readonly string[];
    readonly warnings?: readonly string[];
}

const data = (line: string) => `data:\n  class_path: train.data.Any\n  init_args:\n    ${line}\n`;

const period = (stop: number, more = "") => ({
    cfg: `[luigi_base]\ntrain_start = 0\ntrain_stop = ${stop}\ntest_stop = 1e6\n${more}`,
});
const aframes = "Aframe's default of min_valid_duration";
const place = "sandbox.cfg:3: [luigi_base] train_stop:";

const splits: readonly (readonly [title: string, yaml: string, sample: Sample, told: Told])[] = [
    [
        "a period as long as validation needs",
        data(""),
        period(15_000),
        {
            problems: [
                `${place} 0 to 15000 is 15000 s of strain at most, and validation takes 15000 s (${aframes}), ` +
                    "so that none is left to train on (make the training period longer)",
            ],
        },
    ],
    [
        "a period of one file",
        data(""),
        period(15_001),
        {
            warnings: [
                `${place} 0 to 15001 as one segment makes one file of 20000 s at most, and validation takes whole files ` +
                    `for its 15000 s (${aframes}), so that none is left to train on (a longer period, or a shorter max_duration)`,
            ],
        },
    ],
    [
        "a last file that is too short for validation alone",
        data(""),
        period(34_999),
        {
            warnings: [
                `${place} 0 to 34999 as one segment makes 2 files of 20000 s at most, and validation takes whole files ` +
                    `for its 15000 s (${aframes}), so that none is left to train on (a longer period, or a shorter max_duration)`,
            ],
        },
    ],
    ["a last file that is long enough", data(""), period(35_000), {}],
    ["shorter files", data(""), period(17_001, "max_duration = 2_000"), {}],
    [
        "files as long as segments",
        data(""),
        period(900_000, "max_duration = -1"),
        {
            warnings: [
                `${place} 0 to 900000 as one segment makes one file of 900000 s at most, and validation takes whole files ` +
                    `for its 15000 s (${aframes}), so that none is left to train on (a longer period, or a shorter max_duration)`,
            ],
        },
    ],
    [
        "less validation, as the yaml says",
        data("min_valid_duration: 2000"),
        period(2_000),
        {
            problems: [
                `${place} 0 to 2000 is 2000 s of strain at most, and validation takes 2000 s ` +
                    "(min_valid_duration = 2000 at train.yaml:4), so that none is left to train on " +
                    "(make the training period longer)",
            ],
        },
    ],
    ["less validation than there is", data("min_valid_duration: 256"), period(2_560, "max_duration = 512"), {}],
    ["data of another kind", "data: {class_path: mine.Data}", period(2_000), {}],
];

for (const [title, yaml, sample, told] of splits) {
    test(`${title}: ${told.problems ? "refused" : told.warnings ? "doubtful" : "right"}`, () => {
        const { problems, warnings } = surveySample({ ...sample, files: { "train.yaml": yaml } });
        const found = { problems: problems.map(describeProblem), warnings: warnings.map(describeProblem) };
        assert.deepEqual(found, { problems: [], warnings: [], ...told });
    });
}

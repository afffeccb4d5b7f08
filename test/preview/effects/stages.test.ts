// What runs again because something else does.
import assert from "node:assert/strict";
import { before, describe, it, test } from "node:test";
import { effectOf } from "../../../preview/effects/effects.ts";
import { stepsOf, withFollowers } from "../../../preview/effects/stages.ts";
import type { Declared } from "../../helpers/mocks.ts";
import { differenceOf } from "./difference.ts";
import { declare, makeFiles } from "./liveExperiment.ts";

// Pulumi takes a stack trace with every promise that it makes, and nobody reads these.
Error.stackTraceLimit = 0;

before(makeFiles);

/** An edit of each stage alone. */
const edits: readonly (readonly [section: string, key: string, value: string])[] = [
    ["luigi_FetchTrain", "min_duration", "2000"],
    ["luigi_TrainingWaveforms", "num_signals", "10"],
    ["luigi_ValidationWaveforms", "num_signals", "10"],
    ["luigi_FetchTest", "min_duration", "200"],
    ["luigi_TestingWaveforms", "num_signals", "10"],
    ["luigi_Train", "seed", "3"],
    ["luigi_ExportLocal", "clean", "false"],
    ["luigi_SandboxInfer", "model_name", "another"],
    ["luigi_SandboxSV", "mass_combos", "[[30, 30]]"],
];

for (const where of ["local", "remote"] as const) {
    describe(`with ${where} training, where a stage that runs again makes something else`, () => {
        let up: readonly Declared[];
        before(async () => {
            up = await declare(where, {}, "other");
        });

        for (const [section, key, value] of edits) {
            const told = withFollowers(effectOf(section, key, where).runs, where);
            it(`an edit of [${section}] ${key} runs ${told.join(", ")}`, async () => {
                const edited = await declare(where, { cfg: { [section]: { [key]: value } } }, "other");
                assert.deepEqual((await differenceOf(up, edited)).runs.toSorted(), told.toSorted());
            });
        }
    });
}

test("the training on the cluster comes after the data and before the export", () => {
    const names = stepsOf("remote").map(({ name }) => name);
    assert.equal(names.indexOf("Train") + 1, names.indexOf("ExportLocal"));
    assert.deepEqual(stepsOf("remote").find(({ name }) => name === "Train")?.needs, [
        "FetchTrain",
        "TrainingWaveforms",
        "ValidationWaveforms",
    ]);
});

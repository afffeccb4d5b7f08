// Why a stage runs again, in words.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { remarkOf } from "../../../cli/display/remark.ts";
import type { StageBefore } from "../../../cli/engine/stages.ts";
import type { PropertyDiff } from "../../../embedded/engine/events.ts";
import { settingsDigest } from "../../../pipeline/stage/digest.ts";
import { step } from "./events.ts";

const law = ["/venv/bin/law", "run", "aframe.TrainLocal", "--workers", "5", "--gpus", "0", "--train-task", "A"];
const unharmed: StageBefore = { command: law, damaged: [], waited: false };

function change(path: string, before: unknown, after: unknown): PropertyDiff {
    const kind = before === undefined ? "add" : after === undefined ? "delete" : "update";
    return { path, kind, replaces: false, before, after };
}

function remark(diffs: readonly PropertyDiff[], before: Partial<StageBefore> = {}): string {
    const update = step("update", "TrainLocal", { diffs });
    return remarkOf(update, new Map([[update.urn, { ...unharmed, ...before }]]));
}

describe("what is said beside a stage", () => {
    it("names the settings that changed, with section, old and new value", () => {
        assert.equal(
            remark([change('settings["luigi_Train.highpass"]', "32", "30"), change("settings.gpus", "1", "2")]),
            "(runs again: [luigi_Train] highpass 32 -> 30; gpus 1 -> 2)",
        );
        assert.equal(
            remark([
                change('settings["luigi_Train.config"]', "sha256:aa", "sha256:bb"),
                change('settings["luigi_Train.lowpass"]', "", "512"),
                change('settings["luigi_Train.new"]', undefined, "1"),
                change('settings["luigi_Train.old"]', "1", undefined),
                change('settings["luigi_Train.seed"]', "1", "2"),
            ]),
            "(runs again: the file of [luigi_Train] config changed; [luigi_Train] lowpass (empty) -> 512; " +
                "[luigi_Train] new is new; 2 more settings)",
        );
    });

    it("names the stages whose files are new", () => {
        const diffs = [change("inputs.FetchTrain", "aa", "[unknown]"), change("inputs.TrainingWaveforms", "bb", "cc")];
        assert.equal(remark(diffs), "(runs again: new files from FetchTrain and TrainingWaveforms)");
    });

    it("names what a refresh has found missing, also when only the number of workers changes besides", () => {
        const diffs = [change("command[4]", "5", "4"), change("workers", 5, 4)];
        assert.equal(
            remark(diffs, { damaged: ["best.ckpt", "model.pt", "batch.h5"] }),
            "(runs again: best.ckpt and 2 more missing or changed)",
        );
        assert.equal(remark([], { damaged: ["record"] }), "(runs again: its record is missing or another one)");
    });

    it("tells that what is only noted does not run it", () => {
        const diffs = [
            change("command[4]", "5", "4"),
            change("workers", 5, 4),
            change("__provider", undefined, undefined),
        ];
        assert.equal(remark(diffs), "(does not run; noted: command, workers, program)");
    });

    it("tells a change of the task from one of how it is run, as the stage itself does", () => {
        for (const [index, word] of law.entries()) {
            const after = law.with(index, `${word}x`);
            const digest = (command: string[]) => settingsDigest({ stage: "s", command, settings: {}, produces: [] });
            // Without `run` in it, no command is one of ours.
            if (word === "run") continue;
            assert.equal(
                remark([change(`command[${index}]`, word, `${word}x`)]).startsWith("(runs again"),
                digest(law) !== digest(after),
                word,
            );
        }
        assert.match(remark([change(`command[${law.length}]`, undefined, "--more")]), /^\(runs again: another task/);
        assert.match(remark([change("command[8]", "A", undefined)]), /^\(runs again: another task/);
    });

    it("tells that a stage moves, or makes other files", () => {
        assert.equal(
            remark([change("root", "/a", "/b"), change("target.prefix", "a", "b"), change("produces[1]", "x", "y")]),
            "(runs again: it is to make other files; another place for its files)",
        );
    });

    it("tells of one that waits for training, and of one that has waited", () => {
        assert.equal(remark([change("inputs.Train", "aa", "")]), "(waits for Train)");
        assert.equal(remark([change("inputs.Train", "", "aa")], { waited: true }), "(runs: new files from Train)");
    });

    it("names the properties of other resources, and of stages that an operation does not run", () => {
        const diffs = [change("text", "a", "b")];
        assert.equal(remarkOf(step("update", "c", { diffs, type: "kubernetes:core/v1:Secret" }), new Map()), "[text]");
        assert.equal(remarkOf(step("update", "s", { diffs }), undefined), "[text]");
        assert.equal(remarkOf(step("update", "s"), undefined), "");
    });
});

// Forecasts from records that the real runner has made, after edits such as people make.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { beforeEach, describe, it } from "node:test";
import { recordFile } from "../../../pipeline/stage/paths.ts";
import type { StageRecord } from "../../../pipeline/stage/records.ts";
import { Experiment } from "./experiment.ts";

const stages = [
    "FetchTrain",
    "TrainingWaveforms",
    "ValidationWaveforms",
    "FetchTest",
    "TestingWaveforms",
    "TrainLocal",
    "ExportLocal",
    "SandboxInfer",
    "SandboxSV",
];

function all(verdict: string): Record<string, string> {
    return Object.fromEntries(stages.map((name) => [name, verdict]));
}

const upToDate = all("up to date");

describe("a new experiment", () => {
    const experiment = new Experiment();

    it("is to run all its stages", async () => {
        assert.deepEqual(await experiment.verdicts(), all("runs: never run here"));
        assert.deepEqual(await experiment.lines(), [
            "Data: about 276 GB in 189 files to make here (0 of 5 stages up to date)",
            `Runs: ${stages.join(", ")} (never run here)`,
            "Time: unknown, as none of what runs has run here before",
        ]);
    });

    it("is told of a first run that failed", async () => {
        await assert.rejects(experiment.run({ failing: "FetchTrain" }), /FetchTrain failed with exit code 7/);
        assert.equal((await experiment.verdicts()).FetchTrain, "runs: its last run did not finish");
    });
});

describe("an experiment that has run", () => {
    const experiment = new Experiment();
    beforeEach(async () => {
        experiment.reset();
        await experiment.run();
    });

    it("is to run nothing again", async () => {
        assert.deepEqual(await experiment.verdicts(), upToDate);
        assert.deepEqual(await experiment.lines(), [
            "Data:    426 B in 10 files, up to date",
            `Skipped: ${stages.join(", ")} (up to date)`,
        ]);
    });

    it("runs again what an edit affects, through all that is made of it", async () => {
        experiment.overrides = { luigi_base: { highpass: "30" } };
        assert.deepEqual(await experiment.verdicts(), {
            ...upToDate,
            ValidationWaveforms: "runs: [luigi_ValidationWaveforms] highpass 32 -> 30",
            TestingWaveforms: "runs: [luigi_TestingWaveforms] highpass 32 -> 30",
            TrainLocal: "runs: [luigi_Train] highpass 32 -> 30; new files from ValidationWaveforms",
            ExportLocal: "runs: [luigi_ExportLocal] highpass 32 -> 30; new files from TrainLocal",
            SandboxInfer: "runs: new files from ExportLocal, TestingWaveforms",
            SandboxSV: "runs: new files from SandboxInfer, TestingWaveforms",
        });
    });

    it("does not run again for how its tasks run, nor for a comment", async () => {
        experiment.config = { workers: 2, gpus: "3", dev: true };
        appendFileSync(experiment.file("train.yaml"), "# a comment\n");
        assert.deepEqual(await experiment.verdicts(), upToDate);
    });

    it("runs again for what a file says that the cfg names", async () => {
        appendFileSync(experiment.file("train.yaml"), "  devices: 2\n");
        assert.equal((await experiment.verdicts()).TrainLocal, "runs: the file of [luigi_Train] config changed");
    });

    it("is looked at file by file, by size and time", async () => {
        utimesSync(experiment.file("data/test/segments.txt"), 1, 1);
        rmSync(experiment.file("results/0lag.hdf5"));
        writeFileSync(experiment.file("results/foreground.hdf5"), "damaged");
        assert.deepEqual(await experiment.verdicts(), {
            ...upToDate,
            FetchTest: "up to date: by size; segments.txt touched since",
            SandboxInfer: "runs: 0lag.hdf5 and 1 more missing or changed, which a refresh finds",
            SandboxSV: "runs: new files from SandboxInfer",
        });
        rmSync(experiment.file("data/test/segments.txt"));
    });

    it("has run in vain when that failed, unless the edit is taken back", async () => {
        experiment.overrides = { luigi_SandboxSV: { mass_combos: "[[35, 35]]" } };
        await assert.rejects(experiment.run({ failing: "SandboxSV" }), /SandboxSV failed with exit code 7/);
        const { SandboxSV } = await experiment.verdicts();
        const change = "[luigi_SandboxSV] mass_combos [[35, 35], [35, 20], [20, 20], [20, 10]] -> [[35, 35]]";
        assert.equal(SandboxSV, `runs: its last run did not finish; ${change}`);
        experiment.overrides = {};
        assert.deepEqual(await experiment.verdicts(), {
            ...upToDate,
            SandboxSV: "up to date: earlier results, which are put back",
        });
    });

    it("has records of an older version, which do not tell what changed", async () => {
        const file = recordFile(experiment.directory, "SandboxSV");
        const { settings: _settings, ...older } = JSON.parse(readFileSync(file, "utf8")) as StageRecord;
        writeFileSync(file, JSON.stringify(older));
        experiment.overrides = { luigi_SandboxSV: { mass_combos: "[[35, 35]]" } };
        assert.deepEqual(await experiment.verdicts(), { ...upToDate, SandboxSV: "runs: its settings changed" });
    });

    it("runs again for another place of its files", async () => {
        experiment.environment = { AFRAME_RESULTS_DIR: experiment.file("elsewhere") };
        assert.equal((await experiment.verdicts()).ExportLocal, "runs: another place for its files");
    });

    it("runs again without a stage that is gone", async () => {
        experiment.overrides = { luigi_Train: { precompute_train_waveforms: "false" } };
        const { TrainLocal = "" } = await experiment.verdicts();
        assert.match(TrainLocal, /^runs: .*; no files from TrainingWaveforms any more$/);
    });

    it("tells sizes and times by what its runs made and took", async () => {
        setSeconds(experiment, { TestingWaveforms: 7200, SandboxInfer: 1800, SandboxSV: 60 });
        experiment.overrides = { luigi_TestingWaveforms: { num_signals: "1_000_000" } };
        assert.deepEqual(await experiment.lines(), [
            "Data:    about 164 B in 2 files to make here (4 of 5 stages up to date)",
            "Runs:    TestingWaveforms ([luigi_TestingWaveforms] num_signals 500_000 -> 1_000_000)",
            "         SandboxInfer (new files from TestingWaveforms)",
            "         SandboxSV (new files from SandboxInfer, TestingWaveforms)",
            "Skipped: FetchTrain, TrainingWaveforms, ValidationWaveforms, FetchTest, TrainLocal, ExportLocal (up to date)",
            "Time:    about 2h 31m by earlier runs",
        ]);
    });

    it("does not know the time of a stage without a record", async () => {
        setSeconds(experiment, { SandboxInfer: 600 });
        writeFileSync(recordFile(experiment.directory, "SandboxSV"), "{");
        experiment.overrides = { luigi_SandboxInfer: { Tb: "1000" } };
        const lines = await experiment.lines();
        assert.equal(lines.at(-1), "Time:    at least 10m by earlier runs; no earlier run of SandboxSV");
    });
});

/** As if the stages had taken that long. */
function setSeconds({ directory }: Experiment, seconds: Readonly<Record<string, number>>): void {
    for (const [stage, value] of Object.entries(seconds)) {
        const file = recordFile(directory, stage);
        const record = JSON.parse(readFileSync(file, "utf8")) as StageRecord;
        writeFileSync(file, JSON.stringify({ ...record, seconds: value }));
    }
}

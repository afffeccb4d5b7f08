// Forecasts of an experiment that trains on a cluster, whose training data have been made by the real runner.
import assert from "node:assert/strict";
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { before, beforeEach, describe, it } from "node:test";
import { planTraining, trainingDigest } from "../../../components/trainingPlan.ts";
import { manifestDigest } from "../../../pipeline/stage/manifest.ts";
import { recordFile } from "../../../pipeline/stage/paths.ts";
import { readRecord, writeRecord } from "../../../pipeline/stage/records.ts";
import { Experiment } from "./experiment.ts";

const commit = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";
const other = "9a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";
const trainingData = ["FetchTrain", "TrainingWaveforms", "ValidationWaveforms"];
const afterwards = ["ExportLocal", "SandboxInfer", "SandboxSV"];

/** Leaves the record that a training with the settings of now leaves, by the digest that the program gives its pod. */
async function train(experiment: Experiment, code?: string): Promise<void> {
    const { directory, settings } = experiment;
    const manifests: Record<string, string> = {};
    for (const stage of trainingData) {
        const record = await readRecord(recordFile(directory, stage));
        manifests[stage] = record ? manifestDigest(record.manifest) : "";
    }
    const plan = planTraining(settings, []);
    assert.ok(plan);
    const settingsDigest = await new Promise<string>((resolve) => {
        trainingDigest(plan, code, manifests).apply(resolve);
    });
    const artefacts = [{ name: "model.pt", size: 9, sha256: "a".repeat(64) }];
    const manifest = { version: 1, stage: "Train", experiment: "test", settingsDigest, tool: "", artefacts } as const;
    const time = "2026-11-25T00:00:00.000Z";
    const record = { manifest: { ...manifest, time, seconds: 23_760, commit: code ?? null }, root: "", mtimes: {} };
    writeFileSync(recordFile(directory, "Train"), JSON.stringify({ ...record, seconds: 0 }));
}

describe("a training on the cluster", () => {
    const experiment = new Experiment();
    const training = async () => {
        const [line = ""] = await experiment.lines();
        return line.replace(/^Training: +/, "");
    };
    const request = "4 GPUs, 48 CPUs, 80 GB memory";

    it("asks for GPUs, and for nobody knows how long", async () => {
        experiment.onS3();
        assert.deepEqual(await experiment.lines(), [
            `Training: ${request}; GPU-hours unknown until one training has finished`,
            "Data:     about 59.8 GB in 56 files to make and upload, about 216 GB in 133 files to make here " +
                "(0 of 5 stages up to date)",
            `Runs:     ${[...trainingData, "FetchTest", "TestingWaveforms", "Train", ...afterwards].join(", ")} ` +
                "(never run here)",
            "Time:     unknown, as none of what runs has run here before",
        ]);
        assert.equal((await experiment.forecast()).dataBytes, 59_768_832_000);
    });

    it("is not awaited when that is wished, and neither is what comes after it", async () => {
        experiment.config = { wait: false, ...experiment.config };
        const verdicts = await experiment.verdicts();
        assert.equal(verdicts.Train, "runs: never run here");
        assert.equal(verdicts.ExportLocal, "waits: for Train");
        assert.equal(verdicts.SandboxSV, "waits: for Train");
        assert.deepEqual((await experiment.forecast()).time.uncounted, ["uploads"]);
    });

    it("costs what the last one took", async () => {
        experiment.reset();
        experiment.onS3();
        await experiment.run();
        await train(experiment);
        experiment.overrides = { luigi_Train: { seed: "7" } };
        assert.equal(await training(), `${request}; 26.4 GPU-hours if it takes 6h 36m as last time`);
        assert.equal((await experiment.verdicts()).Train, "runs: its settings, code or data changed");
    });
});

describe("a training that has finished", () => {
    const experiment = new Experiment();
    before(async () => {
        experiment.onS3();
        await experiment.run();
        rmSync(experiment.file("mirror"), { recursive: true });
    });
    beforeEach(async () => {
        experiment.reset();
        experiment.onS3();
        await train(experiment);
    });

    it("is not repeated, nor does it need its data here", async () => {
        const verdicts = await experiment.verdicts();
        for (const stage of [...trainingData, "Train"]) assert.equal(verdicts[stage], "up to date");
        assert.equal(verdicts.ExportLocal, "runs: never run here");
        const { training, time } = await experiment.forecast();
        assert.equal(training?.finished, true);
        assert.deepEqual(time.uncounted, []);
    });

    it("is not repeated for more memory or another place of its logs", async () => {
        experiment.overrides = { luigi_Train: { memory_per_cpu: "4" }, luigi_wandb: { group: "others" } };
        assert.equal((await experiment.verdicts()).Train, "up to date");
    });

    it("is repeated for other GPUs, another image or another train.yaml", async () => {
        for (const change of [{ request_gpus: "2" }, { remote_image: "ghcr.io/ml4gw/aframe/train:v0.3" }]) {
            experiment.overrides = { luigi_Train: change };
            assert.equal((await experiment.verdicts()).Train, "runs: its settings, code or data changed");
        }
        experiment.overrides = {};
        appendFileSync(experiment.file("train.yaml"), "  devices: 2\n");
        assert.equal((await experiment.verdicts()).Train, "runs: its settings, code or data changed");
    });

    it("is repeated on new data", async () => {
        experiment.overrides = { luigi_ValidationWaveforms: { num_signals: "5000" } };
        const verdicts = await experiment.verdicts();
        assert.equal(verdicts.Train, "runs: new files from ValidationWaveforms");
        assert.equal(verdicts.ExportLocal, "runs: never run here");
    });

    it("counts as finished with the commit that trained, unless another one is named", async () => {
        const git = { use_init_containers: "true", git_url: "https://github.com/ML4GW/aframe.git" };
        experiment.overrides = { luigi_Train: { ...git, git_ref: "my-feature" } };
        await train(experiment, commit);
        assert.equal((await experiment.verdicts()).Train, "up to date: with commit 1a2b3c4");
        experiment.overrides = { luigi_Train: { ...git, git_ref: commit } };
        assert.equal((await experiment.verdicts()).Train, "up to date: with commit 1a2b3c4");
        for (const change of [
            { ...git, git_ref: other },
            { ...git, use_init_containers: "false" },
        ]) {
            experiment.overrides = { luigi_Train: change };
            assert.equal((await experiment.verdicts()).Train, "runs: its settings, code or data changed");
        }
    });

    it("is counted by the model that a stage has fetched", async () => {
        const file = recordFile(experiment.directory, "Train");
        const record = await readRecord(file);
        assert.ok(record);
        await writeRecord(file, { ...record, root: "mirror/training", seconds: 0 });
        const { training } = await experiment.forecast();
        assert.deepEqual([training?.seconds, training?.finished], [23_760, true]);
    });
});

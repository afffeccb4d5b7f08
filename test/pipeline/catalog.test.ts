import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { loadExperiment } from "../../config/experiment.ts";
import type { ExperimentSettings } from "../../config/settings.ts";
import { parseStackSettings } from "../../config/stack.ts";
import { settingsFor, stagesOf } from "../../pipeline/catalog.ts";

const directory = mkdtempSync(path.join(tmpdir(), "aframe-catalog-"));
after(() => {
    rmSync(directory, { recursive: true });
});
const trainYaml = "model:\n  learning_rate: 0.000585\n";

interface Variant {
    readonly cfg?: string;
    readonly yaml?: string;
    readonly stack?: Record<string, unknown>;
    readonly runDir?: string;
}

function experiment({ cfg = "", yaml = trainYaml, stack = {}, runDir }: Variant = {}): ExperimentSettings {
    writeFileSync(path.join(directory, "sandbox.cfg"), cfg || "[luigi_base]\n");
    writeFileSync(path.join(directory, "train.yaml"), yaml);
    const remote = runDir !== undefined;
    const environment = {
        AFRAME_TRAIN_DATA_DIR: remote ? "s3://bucket/run1/data/train" : `${directory}/data/train`,
        AFRAME_TEST_DATA_DIR: `${directory}/data/test`,
        AFRAME_TRAIN_RUN_DIR: runDir ?? `${directory}/training`,
        AFRAME_CONDOR_DIR: `${directory}/condor`,
        AFRAME_RESULTS_DIR: `${directory}/results`,
        AFRAME_TMPDIR: `${directory}/tmp`,
    };
    const kubernetes = remote ? { kubernetes: { context: "nautilus", namespace: "bbhnet" } } : {};
    const raw = { directory, environment, ...kubernetes, ...stack };
    return loadExperiment(parseStackSettings("run1", raw, "stacks/Pulumi.run1.yaml"));
}

/** The stages that an edit would run again even if nothing upstream changed. */
function changedBy(before: Variant, later: Variant): string[] {
    const covered = (variant: Variant) => {
        const settings = experiment(variant);
        return new Map(stagesOf(settings).map((stage) => [stage.name, JSON.stringify(settingsFor(stage, settings))]));
    };
    const [a, b] = [covered(before), covered(later)];
    return [...b.keys()].filter((name) => a.get(name) !== b.get(name));
}

test("a local experiment has these stages, each after what it needs", () => {
    const stages = stagesOf(experiment());
    assert.deepEqual(
        stages.map(({ name, needs }) => [name, ...needs].join(" ")),
        [
            "FetchTrain",
            "TrainingWaveforms",
            "ValidationWaveforms FetchTrain",
            "FetchTest",
            "TestingWaveforms FetchTest",
            "TrainLocal FetchTrain TrainingWaveforms ValidationWaveforms",
            "ExportLocal TrainLocal",
            "SandboxInfer ExportLocal FetchTest TestingWaveforms",
            "SandboxSV SandboxInfer TestingWaveforms",
        ],
    );
});

test("a remote experiment trains elsewhere, and export takes the model from there", () => {
    const stages = stagesOf(experiment({ runDir: "s3://bucket/run1/training" }));
    assert.ok(!stages.some(({ name }) => name === "TrainLocal"));
    assert.deepEqual(stages.find(({ name }) => name === "ExportLocal")?.needs, ["Train"]);
});

test("only what the cfg asks for is made", () => {
    const cfg = "[luigi_Train]\nprecompute_train_waveforms = false\n[luigi_SandboxInfer]\nzero_lag = False\n";
    const stages = stagesOf(experiment({ cfg }));
    assert.ok(!stages.some(({ name }) => name === "TrainingWaveforms"));
    assert.ok(!stages.flatMap(({ needs }) => needs).includes("TrainingWaveforms"));
    assert.deepEqual(stages.find(({ name }) => name === "SandboxInfer")?.produces, [
        "foreground.hdf5",
        "background.hdf5",
    ]);
});

test("every task gets the scheduler, workers and GPUs, and those behind the model its local place", () => {
    const settings = experiment({ stack: { workers: 3, gpus: "0,1", dev: true } });
    const flags = new Map(stagesOf(settings).map((stage) => [stage.name, stage.flags(settings).join(" ")]));
    assert.equal(flags.get("FetchTrain"), "--local-scheduler --workers 3 --gpus 0,1 --dev");
    assert.equal(flags.get("SandboxSV"), "--local-scheduler --workers 3 --gpus 0,1 --dev --train-task TrainLocal");
});

const withModel = ["TrainLocal", "ExportLocal"];
for (const [edit, before, later, expected] of [
    [
        "highpass of all",
        {},
        { cfg: "[luigi_base]\nhighpass = 20\n" },
        ["ValidationWaveforms", "TestingWaveforms", ...withModel],
    ],
    [
        "a comment",
        { cfg: "[luigi_base]\nhighpass = 20\n" },
        { cfg: "# now with words\n[luigi_base]\nhighpass = 20 # Hz\n" },
        [],
    ],
    ["start of training", {}, { cfg: "[luigi_base]\ntrain_start = 1240580000\n" }, ["FetchTrain"]],
    [
        "end of training",
        {},
        { cfg: "[luigi_base]\ntrain_stop = 1241443000\n" },
        [...["FetchTrain", "FetchTest", "TestingWaveforms"]],
    ],
    ["number of training signals", {}, { cfg: "[luigi_TrainingWaveforms]\nnum_signals = 10\n" }, ["TrainingWaveforms"]],
    ["number of jobs", {}, { cfg: "[luigi_ValidationWaveforms]\nnum_jobs = 7\n" }, ["ValidationWaveforms"]],
    [
        "place and size of jobs",
        {},
        {
            cfg: "[luigi_FetchTrain]\nworkflow = local\nrequest_memory = 8GB\nretries = 2\ntasks_per_job = 5\n[luigi_SandboxInfer]\nrequest_cpus = 4\n",
        },
        [],
    ],
    ["resources of the pod", {}, { cfg: "[luigi_Train]\nrequest_gpus = 4\nmemory_per_cpu = 1\ngit_ref = mine\n" }, []],
    ["seed of training", {}, { cfg: "[luigi_Train]\nseed = 3\n" }, ["TrainLocal"]],
    ["the training's yaml", {}, { yaml: "model:\n  learning_rate: 0.1\n" }, ["TrainLocal"]],
    ["a comment in the training's yaml", {}, { yaml: `# better\n${trainYaml}` }, []],
    ["which GPU", {}, { stack: { gpus: "1" } }, []],
    ["how many GPUs", {}, { stack: { gpus: "0,1" } }, ["TrainLocal"]],
    ["workers and dev", {}, { stack: { workers: 9, dev: true } }, []],
    ["mass pairs", {}, { cfg: "[luigi_SandboxSV]\nmass_combos = [[35, 35]]\n" }, ["SandboxSV"]],
    [
        "an override in the stack's config",
        {},
        { stack: { settings: { luigi_SandboxInfer: { Tb: 100 } } } },
        ["SandboxInfer"],
    ],
] as const satisfies readonly (readonly [string, Variant, Variant, readonly string[]])[]) {
    test(`an edit of ${edit} concerns ${expected.join(", ") || "no stage"}`, () => {
        assert.deepEqual(changedBy(before, later), expected);
    });
}

test("no secret is among the settings", () => {
    const settings = experiment({ cfg: "[luigi_wandb]\napi_key = 0123456789abcdef\n[luigi_base]\nhighpass = 32\n" });
    const all = stagesOf(settings).map((stage) => JSON.stringify(settingsFor(stage, settings)));
    assert.ok(!all.join().includes("0123456789abcdef"));
});

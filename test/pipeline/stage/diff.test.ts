import assert from "node:assert/strict";
import { test } from "node:test";
import type { S3Location } from "../../../config/settings.ts";
import { settingsDigest, taskShape } from "../../../pipeline/stage/digest.ts";
import { check, create, diff, read, update } from "../../../pipeline/stage/lifecycle.ts";
import type { StageInputs, StageOutputs } from "../../../pipeline/stage/state.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const target: S3Location = { kind: "s3", bucket: "b", prefix: "p", uri: "s3://b/p" };
const inputs: StageInputs = {
    stage: "ValidationWaveforms",
    experiment: "run1",
    directory: "/nowhere/run1",
    command: ["uv", "run", "--project", "/aframe", "law", "run", "a.Validation", "--workers", "5", "--gpus", "0"],
    environment: { AFRAME_TMPDIR: "/tmp" },
    secretEnvironment: { AWS_SECRET_ACCESS_KEY: "old" },
    settings: { "luigi_ValidationWaveforms.highpass": "32", "luigi_ValidationWaveforms.seed": "1" },
    inputs: { FetchTrain: "digest of FetchTrain" },
    sources: [{ stage: "FetchTrain", root: "/data" }],
    root: "/data",
    produces: ["val_waveforms.hdf5"],
    target,
    s3: { endpoint: "https://s3", accessKeyId: "id", secretAccessKey: "old" },
    adoptExisting: false,
    artifacts: "retain",
    workers: 5,
};
const { stage, experiment, directory, root, s3, artifacts } = inputs;
const olds: StageOutputs = {
    ...{ stage, experiment, directory, root, target, artifacts },
    ...(s3 && { s3 }),
    inputs: inputs.inputs,
    settingsDigest: settingsDigest(inputs),
    manifestDigest: "m",
    seconds: 3,
    files: 1,
    bytes: 2,
};
const { target: _target, s3: _s3, ...local } = inputs;

/** Change, whether it is one, and whether the stage has to run for it; nothing here can run, as /nowhere shows. */
const table: [string, Partial<StageInputs> | (() => StageInputs), "nothing" | "note" | "run"][] = [
    ["nothing", {}, "nothing"],
    ["order of the settings", { settings: Object.fromEntries(Object.entries(inputs.settings).reverse()) }, "nothing"],
    ["how law is found", { command: ["/opt/law", "run", "a.Validation"] }, "nothing"],
    ["workers on the command line", { command: [...inputs.command.slice(0, -1), "3", "--dev"] }, "nothing"],
    ["secrets of the task", { secretEnvironment: { AWS_SECRET_ACCESS_KEY: "new" } }, "nothing"],
    ["environment", { environment: {} }, "nothing"],
    ["workers, time limit, adoption", { workers: 1, timeoutSeconds: 1, adoptExisting: true }, "nothing"],
    ["credentials", { s3: { endpoint: "https://s3", accessKeyId: "id", secretAccessKey: "new" } }, "note"],
    ["retention", { artifacts: "delete" }, "note"],
    ["a setting", { settings: { ...inputs.settings, "luigi_ValidationWaveforms.highpass": "20" } }, "run"],
    ["a setting more", { settings: { ...inputs.settings, "luigi_ValidationWaveforms.q": "3" } }, "run"],
    ["an input", { inputs: { FetchTrain: "another" } }, "run"],
    ["an input that is not known yet", { inputs: { FetchTrain: unknown } }, "run"],
    ["all inputs not known yet", { inputs: unknown as unknown as Record<string, string> }, "run"],
    ["inputs missing", { inputs: undefined as unknown as Record<string, string> }, "run"],
    ["the task", { command: ["law", "run", "a.Other"] }, "run"],
    ["a flag that matters", { command: [...inputs.command, "--train-task", "TrainLocal"] }, "run"],
    ["a pattern", { produces: ["*.hdf5"] }, "run"],
    ["the place on S3", { target: { ...target, prefix: "q", uri: "s3://b/q" } }, "run"],
    ["no place on S3", () => local, "run"],
    ["the root", { root: "/elsewhere" }, "run"],
];
for (const [what, change, effect] of table) {
    test(`a change of ${what} means: ${effect}`, async () => {
        const news = typeof change === "function" ? change() : { ...inputs, ...change };
        assert.deepEqual(diff(olds, news), { changes: effect !== "nothing" });
        if (effect === "note") {
            const { outs } = await update(olds, news);
            assert.deepEqual(diff(outs, news), { changes: false });
            assert.equal(outs.manifestDigest, "m");
        }
    });
}

test("another text of the provider changes nothing", () => {
    const withProvider = { ...inputs, __provider: "new text" };
    assert.deepEqual(diff({ ...olds, __provider: "old text" } as StageOutputs, withProvider), { changes: false });
});

const waiting = { ...inputs, inputs: { Train: "" } };

test("a stage after a training that was only accepted waits: it runs nothing, and makes its own followers wait", async () => {
    const { outs } = await create(waiting);
    assert.equal(outs.manifestDigest, "");
    assert.deepEqual(diff(outs, waiting), { changes: false });
    assert.deepEqual((await read("id", outs)).props, outs);
});

test("a stage that waits runs once the training is done", async () => {
    const { outs } = await create(waiting);
    assert.deepEqual(diff(outs, { ...inputs, inputs: { Train: "digest of the model" } }), { changes: true });
});

test("a stage that was done waits again when another training was accepted", async () => {
    assert.deepEqual(diff(olds, waiting), { changes: true });
    assert.equal((await update(olds, waiting)).outs.manifestDigest, "");
});

test("damage found by a refresh is a change", () => {
    assert.deepEqual(diff({ ...olds, damaged: ["val_waveforms.hdf5"] }, inputs), { changes: true });
});

test("a stage's name becomes file names, so it is checked, but not while it is unknown", () => {
    assert.deepEqual(check(inputs).failures, []);
    assert.deepEqual(check({ ...inputs, stage: unknown }).failures, []);
    assert.equal(check({ ...inputs, stage: "../x" }).failures[0]?.property, "stage");
    assert.match(check({ ...inputs, command: [] }).failures[0]?.reason ?? "", /aframe:law/);
});

for (const [command, shape] of [
    [
        ["law", "run", "a.T", "--workers", "5", "--x", "1"],
        ["a.T", "--x", "1"],
    ],
    [
        ["law", "run", "a.T", "--workers=5", "--x=1", "--local-scheduler"],
        ["a.T", "--x=1"],
    ],
    [["uv", "run", "law", "run", "a.T", "--gpus", "", "--dev"], ["a.T"]],
] as const) {
    test(`of ${command.join(" ")} only ${shape.join(" ")} counts`, () => {
        assert.deepEqual(taskShape(command), shape);
    });
}

// Reading goes on after a mistake: the default stands in the place of what is wrong.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { knownSections } from "../../config/defaults.ts";
import { describeProblem } from "../../config/errors.ts";
import { surveyExperiment } from "../../config/experiment.ts";
import { renderLawConfig } from "../../config/lawConfig.ts";
import { surveyStack } from "../../config/stack.ts";
import {
    directory,
    kubernetes,
    localDirectories,
    optionsOf,
    problemsOf,
    readSample,
    remoteDirectories,
    type Sample,
    surveySample,
} from "./sample.ts";

const remote = { environment: remoteDirectories, stack: { kubernetes } };

test("a right experiment is surveyed as it is read", () => {
    const cfg = "[luigi_Train]\nseed = 3\nkernel_lenght = 4";
    const { settings, problems, warnings } = surveySample({ cfg });
    assert.deepEqual(problems, []);
    assert.deepEqual({ settings, warnings }, readSample({ cfg }));
});

test("defaults stand in the place of wrong values, and the rest stays as it is given", () => {
    const cfg = "[luigi_Train]\nrequest_gpus = four\ncpus_per_gpu = 6\nmemory_per_cpu = NaN\nseed = 7";
    const { settings, problems } = surveySample({ ...remote, cfg });
    assert.ok(settings?.training.where === "remote");
    assert.deepEqual(settings.training.resources, { gpus: 8, cpusPerGpu: 6, memoryPerCpuGb: 4, minGpuMemoryMb: 15000 });
    assert.equal(settings.training.seed, 7);
    assert.equal(problems.length, 2);
    const replaced = settings.values
        .filter((row) => row.replaced)
        .map(({ key, value, origin }) => [key, value, origin]);
    assert.deepEqual(replaced, [
        ["request_gpus", "8", { kind: "default" }],
        ["memory_per_cpu", "4", { kind: "default" }],
    ]);
});

test("a wrong value of a section that others refer to is replaced in all of them", () => {
    const { settings, problems } = surveySample({ cfg: "[luigi_base]\nsample_rate = 2048Hz\nkernel_length = 3" });
    assert.equal(settings?.training.sampleRateHz, 2048);
    assert.equal(settings.training.kernelLengthSeconds, 3);
    assert.equal(problems.length, 1);
    const rows = settings.values.filter(({ key }) => key === "sample_rate");
    assert.ok(rows.length > 5 && rows.every(({ value, replaced }) => value === "2048" && replaced === true));
});

test("a wrong value of one section falls back on what the others use", () => {
    const { settings, problems } = surveySample({
        cfg: "[luigi_base]\nhighpass = 30\n[luigi_Train]\nhighpass = &::none",
    });
    assert.equal(settings?.training.highpassHz, 30);
    assert.deepEqual(problems.map(describeProblem), [
        "sandbox.cfg:4: [luigi_Train] highpass: refers to luigi_Train::none, which does not exist",
    ]);
});

test("a wrong value without a default is left to its task", () => {
    const { settings, problems } = surveySample({ cfg: "[luigi_TrainingWaveforms]\nnum_jobs = many" });
    assert.equal(problems.length, 1);
    assert.ok(settings?.values.every(({ section, key }) => `${section}.${key}` !== "luigi_TrainingWaveforms.num_jobs"));
});

test("a missing cfg, a missing yaml and a yaml that is none leave the defaults", () => {
    const lost: Sample = { files: { "sandbox.cfg": "[core]\ninherit = none.cfg", "train.yaml": "a: [" } };
    const { settings, problems } = surveySample(lost);
    assert.equal(settings?.training.seed, 1122);
    assert.equal(problems.length, 2);
    assert.equal(surveyExperiment(readSample().settings.stack, { read: () => undefined }).problems.length, 2);
});

test("without usable directories there are no settings, and every problem is told", () => {
    const cfg = "[luigi_Train]\nseed = x";
    for (const [name, value] of [
        ["AFRAME_TRAIN_RUN_DIR", "s3://Bucket/x"],
        ["AFRAME_TMPDIR", "tmp"],
        ["AFRAME_RESULTS_DIR", ""],
        ["AFRAME_TRAIN_DATA_DIR", "/data"],
    ] as const) {
        const { settings, problems } = surveySample({
            ...remote,
            cfg,
            environment: { ...remoteDirectories, [name]: value },
        });
        assert.equal(settings, undefined, name);
        assert.equal(problems.length, 2, name);
    }
    assert.equal(surveySample({ cfg, environment: remoteDirectories }).settings, undefined);
});

test("directories that overlap are told, and the rest can still be looked at", () => {
    const environment = { ...localDirectories, AFRAME_TEST_DATA_DIR: `${directory}/data/train` };
    const { settings, problems } = surveySample({ environment });
    assert.ok(settings !== undefined && problems.length === 1);
});

test("a wrong stack is told once, by its own survey", () => {
    const rows: readonly (readonly [raw: Record<string, unknown>, problems: number, hasSettings: boolean])[] = [
        [{ directory: undefined }, 1, false],
        [{ directory: "run" }, 1, false],
        [{ kubernetes: { context: "nautilus" } }, 1, false],
        [{ kubernetes: { ...kubernetes, colour: "red" } }, 1, true],
        [{ environment: { ...remoteDirectories, AFRAME_TMPDIR: ["x"] } }, 1, false],
        [{ workers: 0, gpus: ";", dev: "maybe", policy: "loud", law: "law" }, 5, true],
        [{ settings: { luigi_Train: { seed: { a: 1 }, request_gpus: 2 }, DEFAULT: { a: 1 } } }, 2, true],
    ];
    for (const [raw, count, hasSettings] of rows) {
        const whole = { directory, kubernetes, environment: remoteDirectories, ...raw };
        const stack = surveyStack("my-run", whole, "stacks/Pulumi.my-run.yaml");
        const survey = surveyExperiment(stack.settings, optionsOf({}));
        const problems = [...stack.problems, ...survey.problems];
        assert.equal(problems.length, count, problems.map(describeProblem).join("\n"));
        assert.equal(survey.settings !== undefined, hasSettings, JSON.stringify(raw));
    }
});

test("no configuration makes a survey throw, and what it gives can be handed to law", () => {
    const text = fc.oneof(
        fc.string({ unit: "grapheme", maxLength: 20 }),
        fc.constantFrom(
            "&::none",
            "&::luigi_base::seed",
            "$NONE",
            "50%",
            "1e999",
            "[]",
            "-1",
            "s3://",
            "",
            "{}",
            "None",
        ),
    );
    const keys = knownSections.flatMap(({ name, keys: all }) => all.map(({ key }) => `${name}.${key}`));
    const values = fc.dictionary(fc.constantFrom(...keys), text, { minKeys: 1, maxKeys: 12 });
    fc.assert(
        fc.property(values, fc.constantFrom(localDirectories, remoteDirectories), (given, environment) => {
            const settings: Record<string, Record<string, string>> = {};
            for (const [name, value] of Object.entries(given)) {
                const [section = "", key = ""] = name.split(".");
                settings[section] = { ...settings[section], [key]: value };
            }
            const raw = { directory, kubernetes, environment, settings };
            const stack = surveyStack("my-run", raw, "stacks/Pulumi.my-run.yaml");
            const survey = surveyExperiment(stack.settings, optionsOf({}));
            assert.ok(survey.settings !== undefined);
            assert.match(renderLawConfig(survey.settings), /^\[luigi_Train\]$/m);
            if (stack.problems.length === 0) {
                const lines = problemsOf({ environment, stack: { kubernetes, settings } });
                assert.deepEqual(survey.problems.map(describeProblem), lines);
            }
        }),
        { numRuns: 300 },
    );
});

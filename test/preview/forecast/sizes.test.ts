import assert from "node:assert/strict";
import { test } from "node:test";
import type { StageRecord } from "../../../pipeline/stage/records.ts";
import { expectedSize, sizeBySettings } from "../../../preview/forecast/sizes.ts";

/** `section.key` → value, as a stage has them. */
function settings(stage: string, values: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [`luigi_${stage}.${key}`, value]));
}

const strain = { start: "1000", end: "2000", sample_rate: "2048", ifos: '["H1", "L1"]', max_duration: "300" };
const signals = { num_signals: "100", sample_rate: "2048", waveform_duration: "8", ifos: '["H1", "L1", "V1"]' };

const sizes: readonly (readonly [
    what: string,
    stage: string,
    values: Record<string, string>,
    bytes: number,
    files: number,
])[] = [
    ["strain: detectors × seconds × rate", "FetchTrain", strain, 2 * 1000 * 2048 * 8, 5],
    [
        "whole segments, of which there is one at least",
        "FetchTest",
        { ...strain, max_duration: "-1" },
        2 * 1000 * 2048 * 8,
        2,
    ],
    ["one detector", "FetchTrain", { ...strain, ifos: '["H1"]' }, 1000 * 2048 * 8, 5],
    [
        "numbers in Python's spelling",
        "FetchTrain",
        { ...strain, end: "2_000.", sample_rate: "1e3" },
        2 * 1000 * 1000 * 8,
        5,
    ],
    [
        "two polarizations, a file for each job",
        "TrainingWaveforms",
        { ...signals, num_jobs: "4" },
        100 * 2 * 16384 * 8,
        4,
    ],
    ["Aframe's own number of jobs", "TrainingWaveforms", signals, 100 * 2 * 16384 * 8, 10],
    ["each detector's strain in one file", "ValidationWaveforms", signals, 100 * 3 * 16384 * 8, 1],
    [
        "signals and what was rejected",
        "TestingWaveforms",
        { ...signals, num_signals: "1_000" },
        1000 * 3 * 16384 * 8,
        2,
    ],
];

for (const [what, stage, values, bytes, files] of sizes) {
    test(`the size of ${stage} follows from its settings: ${what}`, () => {
        assert.deepEqual(sizeBySettings(stage, settings(stage, values)), { bytes, files });
    });
}

const unknown: readonly (readonly [what: string, stage: string, values: Record<string, string>])[] = [
    ["a value is wrong", "FetchTrain", { ...strain, sample_rate: "fast" }],
    ["a value is missing", "FetchTrain", { ...strain, ifos: "" }],
    ["the end is before the start", "FetchTrain", { ...strain, end: "1" }],
    ["the stage makes no data", "ExportLocal", strain],
];

for (const [what, stage, values] of unknown) {
    test(`no size is made up when ${what}`, () => {
        assert.equal(sizeBySettings(stage, settings(stage, values)), undefined);
    });
}

/** Of half the strain there could be, in more files. */
function record(values: Readonly<Record<string, string>>): StageRecord {
    const artefacts = Array.from({ length: 10 }, (_, i) => ({
        name: `${i}`,
        size: (1000 * 2048 * 8) / 10,
        sha256: "",
    }));
    const manifest = {
        version: 1,
        stage: "FetchTrain",
        experiment: "e",
        settingsDigest: "",
        tool: "",
        time: "",
        artefacts,
    } as const;
    return { manifest, root: "", settings: settings("FetchTrain", values), seconds: 1, mtimes: {} };
}

test("an earlier run tells how much there is of what the settings ask for", () => {
    const twice = settings("FetchTrain", { ...strain, end: "3000" });
    assert.deepEqual(expectedSize("FetchTrain", twice, record(strain)), { bytes: 2 * 1000 * 2048 * 8, files: 16 });
});

test("an earlier run whose settings are not known tells nothing of the next", () => {
    const { settings: _settings, ...old } = record(strain);
    const now = settings("FetchTrain", strain);
    assert.deepEqual(expectedSize("FetchTrain", now, old), sizeBySettings("FetchTrain", now));
});

// Directories, files and references that lead nowhere, or to the wrong place, each with the whole message it gets.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are law's variables
import assert from "node:assert/strict";
import { test } from "node:test";
import {
    directory,
    kubernetes,
    localDirectories,
    problemsOf,
    readSample,
    remoteDirectories,
    type Sample,
} from "./sample.ts";

const from = "stack config aframe:environment.";
const remote = (environment: Readonly<Record<string, string>>): Sample => ({
    environment: { ...remoteDirectories, ...environment },
    stack: { kubernetes },
});

type Case = readonly [title: string, sample: Sample, ...lines: string[]];

const runDir = (text: string, message: string): Case => [
    `the run directory ${JSON.stringify(text)}`,
    remote({ AFRAME_TRAIN_RUN_DIR: text }),
    `${from}AFRAME_TRAIN_RUN_DIR: ${message}`,
];

const directories: readonly Case[] = [
    runDir("s3://", '"s3://" has no bucket (s3://bucket/prefix)'),
    runDir("s3:///run", '"s3:///run" has no bucket (s3://bucket/prefix)'),
    runDir("s3://bucket", '"s3://bucket" names a whole bucket (add a prefix: s3://bucket/my-experiment)'),
    runDir("s3://Bucket/r", '"s3://Bucket/r": bucket name "Bucket" has uppercase letters (bucket names are lowercase)'),
    runDir("S3://bucket/r", '"S3://bucket/r" is not an S3 address (s3://bucket/prefix)'),
    runDir("s3://bucket/r ", '"s3://bucket/r " starts or ends with a blank'),
    runDir("s3://bucket/../r", '"s3://bucket/../r" holds ".." as a part of the prefix'),
    runDir("s3://bucket/a\u0000b", '"s3://bucket/a\\u0000b" holds a control character'),
    runDir(`/${"x".repeat(4000)}`, `"/${"x".repeat(75)}…" has more than 3000 bytes (paths below it would be too long)`),
    [
        "a run directory on S3 with local data",
        remote({ AFRAME_TRAIN_DATA_DIR: "/data" }),
        `${from}AFRAME_TRAIN_RUN_DIR: the run directory s3://my-bucket/run/training is on S3, so training is remote, ` +
            "but the train data directory /data is local " +
            "(put AFRAME_TRAIN_DATA_DIR on S3 too, or make AFRAME_TRAIN_RUN_DIR local)",
    ],
];

const includes: readonly Case[] = [
    [
        "a missing cfg",
        { files: { "other.cfg": "" }, stack: { config: "none.cfg" } },
        `${directory}/none.cfg: there is no such file (aframe-init makes it)`,
    ],
    [
        "a missing parent",
        { cfg: "[core]\ninherit = base.cfg" },
        `sandbox.cfg:2: [core] inherit: there is no file ${directory}/base.cfg (names are relative to the folder of sandbox.cfg)`,
    ],
    [
        "files that inherit each other",
        { files: { "sandbox.cfg": "[core]\ninherit = a.cfg", "a.cfg": "[core]\ninherit = sandbox.cfg" } },
        "a.cfg:2: [core] inherit: circular inherit: sandbox.cfg -> a.cfg -> sandbox.cfg (remove one of them)",
    ],
    [
        "values that refer to each other",
        { cfg: "[luigi_base]\nseed = &::luigi_Train::seed\n[luigi_Train]\nseed = &::luigi_base::seed" },
        "sandbox.cfg:4: [luigi_base] seed: circular reference " +
            "luigi_base::seed -> luigi_Train::seed -> luigi_base::seed (give one of them a value of its own)",
        "sandbox.cfg:2: [luigi_Train] seed: circular reference " +
            "luigi_Train::seed -> luigi_base::seed -> luigi_Train::seed (give one of them a value of its own)",
        "sandbox.cfg:4: [luigi_TestingWaveforms] seed: circular reference " +
            "luigi_TestingWaveforms::seed -> luigi_base::seed -> luigi_Train::seed -> luigi_base::seed (give one of them a value of its own)",
    ],
    [
        "a reference to nothing",
        { cfg: "[luigi_Train]\nseed = &::luigi_base::sed" },
        "sandbox.cfg:2: [luigi_Train] seed: refers to luigi_base::sed, which does not exist (did you mean seed?)",
    ],
    [
        "a variable that is not set",
        { cfg: "[core]\ninherit = $AFRAME_REPO/base.cfg\n[luigi_ssh]\nssh_file = ${KEYS}/id" },
        "sandbox.cfg:2: [core] inherit: $AFRAME_REPO/base.cfg uses AFRAME_REPO, which is not set " +
            "(set it in the stack's environment map)",
        "sandbox.cfg:4: [luigi_ssh] ssh_file: uses ${KEYS}, which is not set (set KEYS in the stack's environment map)",
    ],
];

for (const [title, sample, ...lines] of [...directories, ...includes]) {
    test(`${title.slice(0, 90)} is refused`, () => {
        assert.deepEqual(problemsOf(sample), lines);
    });
}

test("a local training on S3 data is right", () => {
    const environment = { ...localDirectories, AFRAME_TRAIN_DATA_DIR: "s3://my-bucket/run/data" };
    assert.equal(readSample({ environment }).settings.training.where, "local");
});

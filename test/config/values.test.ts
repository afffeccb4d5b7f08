// Texts of values -> typed values, as luigi's parameters read them.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ValueType } from "../../config/defaults.ts";
import { parseValue } from "../../config/values.ts";
import { linesOf } from "./sample.ts";

const good: readonly (readonly [type: ValueType, text: string, value: unknown])[] = [
    ["int", "4", 4],
    ["int", "500_000", 500_000],
    ["int", "-1", -1],
    ["int", "+007", 7],
    ["float", "4", 4],
    ["float", "1.5", 1.5],
    ["float", "2e3", 2000],
    ["float", "1_0.5", 10.5],
    ["float", ".5", 0.5],
    ["float", "5.", 5],
    ["optionalFloat", "", undefined],
    ["optionalFloat", "2.5", 2.5],
    ["bool", "True", true],
    ["bool", "FALSE", false],
    ["string", "", ""],
    ["csv", "one, two,,three ", ["one", "two", "three"]],
    ["csv", "", []],
    ["stringList", '["H1", "L1"]', ["H1", "L1"]],
    ["stringList", "[]", []],
    ["numberList", "[0, 1.5]", [0, 1.5]],
    [
        "pairList",
        "[[35, 35],\n[20,10]]",
        [
            [35, 35],
            [20, 10],
        ],
    ],
    ["endpoint", "", undefined],
    ["endpoint", "https://s3-west.nrp-nautilus.io/", "https://s3-west.nrp-nautilus.io"],
    ["endpoint", "http://127.0.0.1:5000", "http://127.0.0.1:5000"],
    ["gitRef", "my-feature", "my-feature"],
    ["image", "ghcr.io/ml4gw/aframe/train:main", "ghcr.io/ml4gw/aframe/train:main"],
    ["image", "localhost:5000/train", "localhost:5000/train"],
    ["image", `train@sha256:${"0a".repeat(32)}`, `train@sha256:${"0a".repeat(32)}`],
];

for (const [type, text, value] of good) {
    test(`${JSON.stringify(text)} is a right ${type}`, () => {
        assert.deepEqual(parseValue(text, type), value);
    });
}

const notWhole = "is not a whole number such as 4 or 500_000";
const notNumber = "is not a number such as 4, 1.5 or 2e3";
const notTexts = 'is not a list of texts such as ["H1", "L1"]';

const bad: readonly (readonly [type: ValueType, text: string, reason: string])[] = [
    ["int", "four", notWhole],
    ["int", "1.5", notWhole],
    ["int", "4.0", notWhole],
    ["int", "", notWhole],
    ["int", "4 # note", notWhole],
    ["int", "1__0", notWhole],
    ["int", "_1", notWhole],
    ["int", "99999999999999999999", notWhole],
    ["float", "nan", notNumber],
    ["float", "inf", notNumber],
    ["float", "1e999", notNumber],
    ["float", "1,5", notNumber],
    ["float", "0x10", notNumber],
    ["optionalFloat", "None", notNumber],
    ["bool", "1", "is not true or false"],
    ["bool", "yes", "is not true or false"],
    ["stringList", "H1,L1", notTexts],
    ["stringList", "['H1']", notTexts],
    ["stringList", "[1]", notTexts],
    ["numberList", '["0"]', "is not a list of numbers such as [0, 1]"],
    ["pairList", "[[1, 2, 3]]", "is not a list of pairs such as [[35, 35], [20, 10]]"],
    ["image", "Train:main", "is not a container image such as ghcr.io/ml4gw/aframe/train:main"],
    ["image", "-v", "is not a container image such as ghcr.io/ml4gw/aframe/train:main"],
    ["image", "a b", "is not a container image such as ghcr.io/ml4gw/aframe/train:main"],
];

for (const [type, text, reason] of bad) {
    test(`${JSON.stringify(text)} is no ${type}`, () => {
        assert.deepEqual(
            linesOf(() => parseValue(text, type)),
            [`${JSON.stringify(text)} ${reason}`],
        );
    });
}

test("limits are named with their unit", () => {
    assert.deepEqual(
        linesOf(() => parseValue("0", "float", { above: 0, max: 1024, unit: "GB" })),
        ["0 is out of range: must be more than 0 and at most 1024 GB"],
    );
    assert.deepEqual(
        linesOf(() => parseValue("-1", "int", { min: 0 })),
        ["-1 is out of range: must be at least 0"],
    );
    assert.equal(parseValue("0", "int", { min: 0, max: 0 }), 0);
});

test("choices are listed", () => {
    assert.deepEqual(
        linesOf(() => parseValue("slurm", "string", { choices: ["htcondor", "local"] })),
        ['"slurm" is not one of htcondor, local'],
    );
});

test("a long wrong text is cut in the message", () => {
    const [line = ""] = linesOf(() => parseValue("x".repeat(1000), "int"));
    assert.ok(line.length < 150, line);
});

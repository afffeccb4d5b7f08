import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import pc from "picocolors";
import stringWidth from "string-width";
import { cleanText, formatSeconds, formatValue, shortType, truncate } from "../../../cli/display/format.ts";
import { renderOutput, renderSummary } from "../../../cli/display/summary.ts";

describe("the words of a display", () => {
    it("shorten types to what tells them apart", () => {
        const cases = {
            "pulumi-nodejs:dynamic/aframe:Stage": "aframe:Stage",
            "aframe:index:Experiment": "aframe:Experiment",
            "pulumi:pulumi:Stack": "pulumi:pulumi:Stack",
            "kubernetes:batch/v1:Job": "kubernetes:batch:Job",
            "kubernetes:core/v1:Secret": "kubernetes:core:Secret",
            "aws:s3/bucketObjectv2:BucketObjectv2": "aws:s3:BucketObjectv2",
            "pulumi:providers:aws": "pulumi:providers:aws",
        };
        for (const [type, short] of Object.entries(cases)) assert.equal(shortType(type), short);
    });

    it("give durations in the unit that fits", () => {
        const cases: [number, string][] = [
            [0, "0.0 s"],
            [3.24, "3.2 s"],
            [59.94, "59.9 s"],
            [59.96, "1 min 00 s"],
            [65, "1 min 05 s"],
            [3599.6, "1 h 00 min"],
            [7500, "2 h 05 min"],
        ];
        for (const [seconds, text] of cases) assert.equal(formatSeconds(seconds), text);
    });

    it("cut texts by columns, not by characters", () => {
        assert.equal(truncate("abcdef", 6), "abcdef");
        assert.equal(truncate("abcdef", 5), "abcd…");
        assert.equal(truncate("日本語です", 5), "日本…");
        assert.equal(truncate("abc", 0), "");
        fc.assert(
            fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, width) => {
                assert.ok(stringWidth(truncate(text, width)) <= width);
            }),
        );
    });

    it("take escape sequences and control characters out of what programs say", () => {
        assert.equal(cleanText("\u001b[2J\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007x"), "red x");
        assert.equal(cleanText("10 %\r50 %\r100 %\r\nnext\ttab"), "100 %\nnext    tab");
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), (text) => {
                assert.doesNotMatch(cleanText(text), /[^\P{Cc}\n]/u);
            }),
        );
    });

    it("show values on one line", () => {
        assert.equal(formatValue({ a: ["x", 1] }), '{"a":["x",1]}');
        assert.equal(formatValue(undefined), "undefined");
        assert.equal(formatValue("x".repeat(300)).length, 160);
    });
});

describe("the summary", () => {
    const colors = pc.createColors(false);
    const outputs = { model: "s3://b/model.pt", stages: { a: 1 } };

    it("tells outputs, counts in a fixed order and the duration", () => {
        const changes = { same: 3, create: 2, delete: 1 };
        assert.equal(
            renderSummary({ outcome: "succeeded", changes, seconds: 75, outputs }, false, colors),
            `Outputs:
    model: s3://b/model.pt
    stages: {"a":1}
Resources:
    + 2 created
    - 1 deleted
      3 unchanged
Duration: 1 min 15 s
`,
        );
    });

    it("tells a plan in its own words", () => {
        assert.equal(
            renderSummary({ outcome: "succeeded", changes: { create: 2, same: 1 }, seconds: 1, outputs }, true, colors),
            "Resources:\n    + 2 to create\n      1 unchanged\nDuration: 1.0 s\n",
        );
    });

    it("says how to go on after a failure and after a stop", () => {
        const ended = (outcome: "failed" | "cancelled") =>
            renderSummary({ outcome, changes: {}, seconds: 1, outputs }, false, colors).split("\n").slice(0, -1);
        assert.deepEqual(ended("failed").slice(0, 3), ["Resources:", "    none", "Duration: 1.0 s"]);
        assert.match(ended("failed")[3] ?? "", /^Failed\. .*the same command goes on from there\.$/);
        assert.match(ended("cancelled")[3] ?? "", /^Stopped before the end\. /);
    });

    it("shows the parts of a long output on lines of their own", () => {
        const stages = Object.fromEntries(
            ["FetchTrain", "TrainLocal"].map((name) => [name, { digest: "d".repeat(100), seconds: 1 }]),
        );
        assert.deepEqual(renderOutput("stages", stages), [
            "stages:",
            `    FetchTrain: {"digest":"${"d".repeat(100)}","seconds":1}`,
            `    TrainLocal: {"digest":"${"d".repeat(100)}","seconds":1}`,
        ]);
        assert.deepEqual(renderOutput("list", ["x".repeat(100), { a: "y".repeat(100) }]), [
            "list:",
            `    -: ${"x".repeat(100)}`,
            `    -: {"a":"${"y".repeat(100)}"}`,
        ]);
    });
});

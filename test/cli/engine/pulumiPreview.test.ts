// The answer of `pulumi preview --json`, as the CLI writes it, in the form of our own engine.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readPulumiPreview } from "../../../cli/engine/pulumiPreview.ts";

const urn = (name: string) => `urn:pulumi:exp::aframe::aframe:index:Experiment$kubernetes:batch/v1:Job::${name}`;
const type = "kubernetes:batch/v1:Job";
const answer = {
    config: { "aframe:directory": "/exp" },
    steps: [
        { op: "same", urn: urn("kept"), oldState: { type }, newState: { type } },
        { op: "create", urn: urn("new"), newState: { type }, detailedDiff: null },
        {
            op: "replace",
            urn: urn("job"),
            oldState: { type },
            newState: { type },
            replaceReasons: ["spec"],
            detailedDiff: {
                "spec.template": { kind: "update-replace", inputDiff: false },
                "metadata.labels.a": { kind: "add", inputDiff: false },
                "metadata.labels.b": { kind: "delete", inputDiff: false },
            },
        },
        { op: "delete", urn: urn("old"), oldState: { type } },
    ],
    diagnostics: [
        { urn: urn("job"), message: "no such image\n", severity: "error" },
        { message: "about to", severity: "info" },
        { message: "stopped", severity: "error" },
    ],
    duration: 2_000_000_000,
    changeSummary: { same: 1, create: 1, replace: 1, delete: 1 },
};

describe("a preview by the Pulumi CLI", () => {
    it("has the same form as one by the embedded engine", () => {
        const { outcome, changes, counts, errors } = readPulumiPreview(JSON.stringify(answer), true);
        assert.equal(outcome, "succeeded");
        assert.deepEqual(
            changes.map(({ operation, name, type: kind }) => [operation, name, kind]),
            [
                ["create", "new", type],
                ["replace", "job", type],
                ["delete", "old", type],
            ],
        );
        assert.deepEqual(changes[1]?.properties, [
            { path: "spec.template", kind: "update", replaces: true },
            { path: "metadata.labels.a", kind: "add", replaces: false },
            { path: "metadata.labels.b", kind: "delete", replaces: false },
        ]);
        assert.deepEqual(counts, answer.changeSummary);
        assert.deepEqual(errors, [{ urn: urn("job"), message: "no such image" }, { message: "stopped" }]);
    });

    it("has failed, and holds nothing, when Pulumi has printed nothing", () => {
        assert.deepEqual(readPulumiPreview("", false), { outcome: "failed", changes: [], counts: {}, errors: [] });
    });
});

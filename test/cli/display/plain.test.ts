// The lines of a log, event by event.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import pc from "picocolors";
import type { DisplayOptions } from "../../../cli/display/display.ts";
import { renderEvent } from "../../../cli/display/plain.ts";
import type { EngineEvent } from "../../../embedded/engine/events.ts";
import { failed, finished, says, started } from "./events.ts";

const colors = pc.createColors(false);

function lines(event: EngineEvent, more: Partial<DisplayOptions> = {}): string[] {
    return renderEvent(event, { planning: false, diff: false, ...more }, colors);
}

describe("the lines of an operation", () => {
    it("tell the begin and the end of a step", () => {
        assert.deepEqual(lines(started("create", "FetchTrain")), ["+ aframe:Stage FetchTrain creating"]);
        assert.deepEqual(lines(finished(3.21, "create", "FetchTrain")), ["+ aframe:Stage FetchTrain created (3.2 s)"]);
        assert.deepEqual(lines(finished(3725, "delete", "job", { type: "kubernetes:batch/v1:Job" })), [
            "- kubernetes:batch:Job job deleted (1 h 02 min)",
        ]);
    });

    it("tell only the end of a component, and nothing of what is unchanged", () => {
        assert.deepEqual(lines(started("create", "e", { component: true })), []);
        assert.deepEqual(lines(finished(0, "create", "e", { component: true })), ["+ aframe:Experiment e created"]);
        assert.deepEqual(lines(started("same", "x")), []);
        assert.deepEqual(lines(finished(0, "same", "x")), []);
    });

    it("tell a failure with all its lines", () => {
        assert.deepEqual(
            lines(failed(2, "law ended with exit code 3\nlast\u001b[0m words\n", "update", "FetchTrain")),
            [
                "~ aframe:Stage FetchTrain updating failed (2.0 s)",
                "error: aframe:Stage FetchTrain: law ended with exit code 3",
                "    last words",
            ],
        );
    });

    it("name the resource of a diagnostic on each of its lines, and leave passing ones out", () => {
        assert.deepEqual(lines(says("FetchTrain", "one\ntwo\n")), ["FetchTrain: one", "FetchTrain: two"]);
        assert.deepEqual(lines(says("", "hello")), ["hello"]);
        assert.deepEqual(lines(says("FetchTrain", "50 %", true)), []);
        const warning = {
            kind: "diagnostic",
            severity: "warning",
            urn: "",
            message: "careful",
            ephemeral: false,
        } as const;
        assert.deepEqual(lines(warning), ["warning: careful"]);
    });

    it("tell in a preview what would be done, with the changed properties by name", () => {
        const diffs = [
            { path: "workers", kind: "update", replaces: false, before: 5, after: 6 },
            { path: "a.b", kind: "add", replaces: false, after: "x" },
            { path: "c", kind: "delete", replaces: true, before: [1] },
        ] as const;
        assert.deepEqual(lines(started("update", "s", { diffs }), { planning: true }), []);
        const event = finished(0, "update", "s", { diffs });
        assert.deepEqual(lines(event, { planning: true }), ["~ aframe:Stage s update [workers, a.b, c (replaces)]"]);
        assert.deepEqual(lines(event, { planning: true, diff: true }), [
            "~ aframe:Stage s update",
            "    ~ workers: 5 => 6",
            '    + a.b: "x"',
            "    - c [replaces]: [1]",
        ]);
    });

    it("tell why a stage runs again, when it is planned and when it begins", () => {
        const diffs = [
            { path: 'settings["luigi_Train.seed"]', kind: "update", replaces: false, before: "1", after: "2" },
        ] as const;
        const stages = new Map();
        const update = finished(0, "update", "s", { diffs });
        const why = "(runs again: [luigi_Train] seed 1 -> 2)";
        assert.deepEqual(lines(update, { planning: true, stages }), [`~ aframe:Stage s update ${why}`]);
        assert.deepEqual(lines(update, { planning: true, stages, diff: true }), [
            `~ aframe:Stage s update ${why}`,
            '    ~ settings["luigi_Train.seed"]: "1" => "2"',
        ]);
        assert.deepEqual(lines(started("update", "s", { diffs }), { stages }), [`~ aframe:Stage s updating ${why}`]);
    });

    it("show of a changed cfg the sections that the lines are in", () => {
        const [before, after] = ["[a]\nx = 1\ny = 2\n[b]\nx = 1\n", "[a]\nx = 2\ny = 3\n[b]\nx = 2\n[c]\n"];
        const diffs = [{ path: "text", kind: "update", replaces: false, before, after }] as const;
        assert.deepEqual(lines(finished(0, "update", "s", { diffs }), { planning: true, diff: true }).slice(2), [
            "        [a]",
            "        - x = 1",
            "        - y = 2",
            "        + x = 2",
            "        + y = 3",
            "        [b]",
            "        - x = 1",
            "        + x = 2",
            "        + [c]",
        ]);
    });

    it("show of a changed text of many lines those that changed", () => {
        const diffs = [
            { path: "text", kind: "update", replaces: false, before: "a\nb\nc\n", after: "a\nB\nc\n" },
        ] as const;
        assert.deepEqual(lines(finished(0, "update", "s", { diffs }), { planning: true, diff: true }), [
            "~ aframe:Stage s update",
            "    ~ text:",
            "        - b",
            "        + B",
        ]);
    });
});

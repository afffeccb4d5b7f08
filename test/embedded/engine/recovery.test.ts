// Creations of which nobody heard the end, because the engine was killed.
import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import { Bench } from "./bench.ts";

const notes = { notes: [process.execPath, path.join(import.meta.dirname, "../fixtures/notes/main.ts")] };

// One after the other: the provider looks at the environment of this process.
describe("a creation that was cut off", () => {
    const cutOff = async (bench: Bench, isThere: boolean): Promise<void> => {
        delete process.env.NOTE_IS_THERE;
        bench.providers = notes;
        await bench.plan([], { note: { text: "hello", provider: "own" } });
        await bench.up();
        await bench.cutOff("note");
        if (isThere) process.env.NOTE_IS_THERE = "yes";
    };

    test("has happened: a destroy deletes what it made", async (t) => {
        const bench = await Bench.open(t);
        await cutOff(bench, true);
        const result = await bench.destroy();
        assert.deepEqual([result.outcome, result.changes], ["succeeded", { delete: 3 }]);
        assert.doesNotMatch(JSON.stringify(bench.events), /interrupted/);
        const { resources = [], pending_operations: pending = [] } = await bench.state();
        assert.deepEqual([resources, pending], [[], []]);
    });

    test("has happened: an update goes on with it, and a preview only says so", async (t) => {
        const bench = await Bench.open(t);
        await cutOff(bench, true);
        assert.deepEqual((await bench.preview()).changes, { same: 3 });
        assert.equal((await bench.state()).pending_operations?.length, 1);
        assert.deepEqual((await bench.up()).changes, { same: 3 });
        assert.match(JSON.stringify(bench.events), /it was made before the last operation was cut off/);
        const { id, outputs } = await bench.resource("note");
        assert.deepEqual([id, outputs?.found], ["note-1", true]);
        assert.equal((await bench.state()).pending_operations, undefined);
    });

    test("has not happened: it is done again", async (t) => {
        const bench = await Bench.open(t);
        await cutOff(bench, false);
        assert.deepEqual((await bench.up()).changes, { same: 2, create: 1 });
        assert.match(JSON.stringify(bench.events), /interrupted while it was creating/);
    });
});

// Create, update, replace and delete of real files through the real program host and dynamic plugin.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { Bench } from "./bench.ts";

describe("the life of a stack", { concurrency: 2 }, () => {
    test("creates in the order of dependencies, changes nothing the second time, destroys in reverse", async (t) => {
        const bench = await Bench.open(t);
        const files = [
            { name: "a", text: "first" },
            { name: "b", text: "after <a.digest>" },
            { name: "c", text: "last", dependsOn: ["b"] },
        ];
        const first = await bench.made(files);
        assert.deepEqual(first.changes, { create: 4 });
        assert.deepEqual(first.outputs.texts, { a: "first", b: "after a7937b64", c: "last" });
        assert.deepEqual(await bench.calls(), [
            "create a txt",
            "created a txt",
            "create b txt",
            "created b txt",
            "create c txt",
            "created c txt",
        ]);
        assert.deepEqual(await bench.names(), ["a", "b", "c"]);
        assert.equal(await bench.text("b.txt"), "after a7937b64");

        const second = await bench.up();
        assert.deepEqual(second.changes, { same: 4 });
        assert.deepEqual(await bench.calls(), []);

        const destroyed = await bench.destroy();
        assert.deepEqual(destroyed.changes, { delete: 4 });
        assert.deepEqual(await bench.calls(), ["delete c txt", "delete b txt", "delete a txt"]);
        assert.deepEqual(await bench.files(), []);
        assert.deepEqual((await bench.state()).resources ?? [], []);
    });

    test("a preview tells what is going to happen and touches nothing", async (t) => {
        const bench = await Bench.open(t);
        await bench.plan([
            { name: "a", text: "one" },
            { name: "b", text: "<a.digest>" },
        ]);
        const first = await bench.preview();
        assert.deepEqual([first.outcome, first.changes], ["succeeded", { create: 3 }]);
        assert.deepEqual(first.outputs.digests, { a: "[unknown]", b: "[unknown]" });
        assert.deepEqual(await bench.calls(), []);
        await assert.rejects(bench.state(), { code: "ENOENT" });

        await bench.up();
        await bench.plan([
            { name: "a", text: "two" },
            { name: "b", text: "<a.digest>" },
        ]);
        const second = await bench.preview();
        assert.deepEqual(second.changes, { same: 1, update: 2 });
        const update = bench.events.find((event) => event.kind === "step-finished" && event.step.name === "a");
        assert.deepEqual(update?.kind === "step-finished" && update.step.diffs, [
            { path: "text", kind: "update", replaces: false, before: "one", after: "two" },
        ]);
    });

    test("deletes what left the program, after everything else", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([
            { name: "a", text: "a" },
            { name: "b", text: "b", dependsOn: ["a"] },
        ]);
        await bench.calls();
        const result = await bench.made([{ name: "c", text: "c" }]);
        assert.deepEqual(result.changes, { same: 1, create: 1, delete: 2 });
        assert.deepEqual(await bench.calls(), ["create c txt", "created c txt", "delete b txt", "delete a txt"]);
        assert.deepEqual(await bench.files(), ["c.txt"]);
    });

    test("replaces by creating first, updating dependents, and deleting at the end", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([
            { name: "a", text: "a", kind: "one" },
            { name: "b", text: "<a.digest>" },
        ]);
        await bench.calls();
        const result = await bench.made([
            { name: "a", text: "new", kind: "two" },
            { name: "b", text: "<a.digest>" },
        ]);
        assert.deepEqual(result.changes, { same: 1, replace: 1, update: 1 });
        assert.deepEqual(await bench.calls(), ["create a two", "created a two", "update b txt", "delete a one"]);
        assert.deepEqual(bench.steps(), ["create-replacement a", "replace a", "update b", "delete-replaced a"]);
        assert.deepEqual(await bench.names(), ["a", "b"]);
    });

    test("replaces by deleting first where the resource asks for it", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([{ name: "a", text: "a", kind: "one", deleteBeforeReplace: true }]);
        await bench.calls();
        await bench.made([{ name: "a", text: "a", kind: "two", deleteBeforeReplace: true }]);
        assert.deepEqual(await bench.calls(), ["delete a one", "create a two", "created a two"]);
        assert.deepEqual(bench.steps(), ["delete-replaced a", "replace a", "create-replacement a"]);
    });

    test("takes over a resource under its former name without touching it", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([{ name: "old", text: "kept", ignoreChanges: ["file"] }]);
        await bench.calls();
        const files = [{ name: "new", text: "kept", aliases: ["old"], ignoreChanges: ["file"] }];
        const result = await bench.made(files);
        assert.deepEqual(result.changes, { same: 2 });
        assert.deepEqual(await bench.calls(), []);
        assert.deepEqual(await bench.names(), ["new"]);
        assert.equal((await bench.resource("new")).aliases, undefined, "Pulumi would take a later `old` for it");
    });

    test("refresh takes over what changed, and drops what is gone", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([
            { name: "a", text: "a" },
            { name: "b", text: "b", dependsOn: ["a"] },
        ]);
        await rm(path.join(bench.folder, "a.txt"));
        await writeFile(path.join(bench.folder, "b.txt"), "edited by hand");
        const result = await bench.refresh();
        assert.deepEqual(result.changes, { delete: 1, update: 1 });
        assert.deepEqual(await bench.names(), ["b"]);
        const b = await bench.resource("b");
        assert.deepEqual([b.outputs?.text, b.dependencies], ["edited by hand", undefined]);
        await bench.calls();
        const again = await bench.up();
        assert.deepEqual(again.changes, { same: 1, create: 1, update: 1 });
        assert.equal(await bench.text("b.txt"), "b");
    });
});

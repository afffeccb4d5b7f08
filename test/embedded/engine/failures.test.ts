// What is left after something went wrong, and how the next run goes on from there.
import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import { Bench } from "./bench.ts";

describe("failures", { concurrency: 2 }, () => {
    test("a failed create keeps what was made, and the next run resumes there", async (t) => {
        const bench = await Bench.open(t);
        await bench.plan([
            { name: "a", text: "a" },
            { name: "b", text: "<a.digest>", fail: "create" },
            { name: "c", text: "<b.digest>" },
        ]);
        const failed = await bench.up();
        assert.equal(failed.outcome, "failed");
        assert.deepEqual(bench.errors(), ["told to fail in create"]);
        assert.deepEqual(await bench.names(), ["a"]);
        assert.equal((await bench.state()).pending_operations, undefined);
        await bench.calls();

        const resumed = await bench.made([
            { name: "a", text: "a" },
            { name: "b", text: "<a.digest>" },
            { name: "c", text: "<b.digest>" },
        ]);
        assert.deepEqual(resumed.changes, { same: 2, create: 2 });
        assert.deepEqual((await bench.calls())[0], "create b txt");
    });

    test("a resource that exists but is not ready is kept with the reasons, and updated next time", async (t) => {
        const bench = await Bench.open(t);
        await bench.plan([{ name: "a", text: "a", fail: "init" }]);
        const failed = await bench.up();
        assert.equal(failed.outcome, "failed");
        assert.deepEqual(bench.errors(), ["told to stay half done"]);
        const half = await bench.resource("a");
        assert.deepEqual([half.id, half.initErrors], [path.join(bench.folder, "a.txt"), ["told to stay half done"]]);

        await bench.calls();
        const healed = await bench.made([{ name: "a", text: "a" }]);
        assert.deepEqual(healed.changes, { same: 1, update: 1 });
        assert.deepEqual(await bench.calls(), ["update a txt"]);
        assert.equal((await bench.resource("a")).initErrors, undefined);
    });

    test("check failures name the property, and nothing is begun", async (t) => {
        const bench = await Bench.open(t);
        await bench.plan([{ name: "a", text: "a", fail: "check" }]);
        assert.equal((await bench.up()).outcome, "failed");
        assert.deepEqual(bench.errors(), ["fail: told to fail in check"]);
        assert.deepEqual(await bench.calls(), []);
    });

    test("a program that throws deletes nothing, and its message is told", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([{ name: "a", text: "a" }]);
        await bench.calls();
        await bench.plan([], { end: "throw" });
        assert.equal((await bench.up()).outcome, "failed");
        assert.match(bench.errors().join(), /the program fails at its end/);

        await bench.plan([], { end: "runError" });
        assert.equal((await bench.up()).outcome, "failed");
        assert.deepEqual(bench.errors(), ["the program refuses"]);
        assert.deepEqual(await bench.calls(), []);
        assert.deepEqual(await bench.names(), ["a"]);
        assert.deepEqual((await bench.outputs(false)).texts, { a: "a" }, "the outputs of before are kept");
    });

    test("protected resources are neither deleted nor replaced", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([{ name: "a", text: "a", protect: true }]);
        await bench.calls();
        assert.equal((await bench.destroy()).outcome, "failed");
        assert.match(bench.errors().join(), /protected/);
        await bench.plan([{ name: "a", text: "a", kind: "other", protect: true }]);
        assert.equal((await bench.up()).outcome, "failed");
        assert.match(bench.errors().join(), /protected/);
        assert.deepEqual(await bench.calls(), []);
        assert.deepEqual(await bench.files(), ["a.txt"]);
    });

    test("what the engine does not support it refuses by name", async (t) => {
        const bench = await Bench.open(t);
        await bench.plan([{ name: "a", text: "a" }], { unsupported: "import" });
        assert.equal((await bench.up()).outcome, "failed");
        assert.match(bench.errors().join(), /does not support: import/);
    });

    test("a delete that fails after a replacement is tried again by the next run", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([{ name: "a", text: "a", fail: "delete" }]);
        await bench.plan([{ name: "a", text: "a", kind: "other" }]);
        assert.equal((await bench.up()).outcome, "failed");
        const { resources = [] } = await bench.state();
        const copies = resources.filter(({ urn }) => urn.endsWith("::a"));
        assert.deepEqual(
            copies.map((copy) => [path.basename(copy.id ?? ""), copy.delete]),
            [
                ["a.other", undefined],
                ["a.txt", true],
            ],
        );
        await bench.calls();
        await bench.up();
        assert.deepEqual(await bench.calls(), ["delete a txt"]);
    });
});

// Replacements: in which order old and new come and go, and what they take along.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Laboratory } from "../laboratory/laboratory.ts";
import type { Declaration } from "../laboratory/program.ts";

/** `b` must be replaced whenever `a` is, `c` only updated. */
const chain = (kind: string, options: Partial<Declaration> = {}): Declaration[] => [
    { name: "a", inputs: { kind }, ...options },
    { name: "b", inputs: { kind: { of: "a", output: "serial" } } },
    { name: "c", inputs: { text: { of: "a", output: "serial" } } },
];

async function made(program: readonly Declaration[]): Promise<Laboratory> {
    const lab = new Laboratory();
    await lab.made(program);
    lab.world.deeds.length = 0;
    return lab;
}

describe("a replacement", () => {
    test("replaces in turn what cannot take another one, and deletes the old in reverse at the end", async () => {
        const lab = await made(chain("one"));
        const result = await lab.made(chain("two"));
        assert.deepEqual(result.changes, { same: 1, replace: 2, update: 1 });
        const { deeds } = lab.world;
        assert.equal(deeds[0], "create a");
        assert.deepEqual(deeds.slice(1, 3).toSorted(), ["create b", "update c"]);
        assert.deepEqual(deeds.slice(3), ["delete b", "delete a"]);
        assert.deepEqual(lab.world.violations, []);
    });

    test("deletes first what depends on a resource that is deleted first", async () => {
        const lab = await made(chain("one", { deleteBeforeReplace: true }));
        await lab.made(chain("two", { deleteBeforeReplace: true }));
        const { deeds } = lab.world;
        assert.deepEqual(deeds.slice(0, 3), ["delete b", "delete a", "create a"]);
        assert.deepEqual(deeds.slice(3).toSorted(), ["create b", "update c"]);
    });

    test("deletes first when the provider asks for it, unless the program says otherwise", async () => {
        const slotted = (kind: string, options: Partial<Declaration> = {}): Declaration[] => [
            { name: "a", inputs: { kind, slot: kind }, ...options },
        ];
        const lab = await made(slotted("one"));
        await lab.made(slotted("two"));
        assert.deepEqual(lab.world.deeds.splice(0), ["delete a", "create a"]);
        await lab.made(slotted("three", { deleteBeforeReplace: false }));
        assert.deepEqual(lab.world.deeds, ["create a", "delete a"]);
    });

    test("is foreseen by a preview with all that it takes along", async () => {
        const lab = await made(chain("one"));
        const preview = await lab.preview(chain("two"));
        assert.deepEqual(preview.changes, { same: 1, replace: 2, update: 1 });
        assert.deepEqual(lab.world.deeds, []);
    });

    test("follows from replaceOnChanges for a change that alone would be an update", async () => {
        const program = (text: string, replaceOnChanges: string[]): Declaration[] => [
            { name: "a", inputs: { text, other: text }, replaceOnChanges },
        ];
        const lab = await made(program("one", ["text"]));
        assert.deepEqual((await lab.made(program("two", ["text"]))).changes, { same: 1, replace: 1 });
        assert.deepEqual((await lab.made(program("three", ["absent"]))).changes, { same: 1, update: 1 });
        assert.deepEqual((await lab.made(program("four", ["*"]))).changes, { same: 1, replace: 1 });
    });

    test("whose creation fails leaves the old one, and is tried again", async () => {
        const lab = await made(chain("one"));
        const failed = await lab.up(chain("two"), {
            faultOf: ({ method }) => (method === "create" ? "refuse" : undefined),
        });
        assert.equal(failed.outcome, "failed");
        assert.deepEqual(lab.world.deeds, []);
        assert.deepEqual((await lab.made(chain("two"))).changes, { same: 1, replace: 2, update: 1 });
        assert.deepEqual((await lab.made(chain("two"))).changes, { same: 4 });
    });

    test("that has deleted first and then cannot create does not delete once more", async () => {
        const program = (kind: string): Declaration[] => [{ name: "a", inputs: { kind }, deleteBeforeReplace: true }];
        const lab = await made(program("one"));
        await lab.up(program("two"), { faultOf: ({ method }) => (method === "create" ? "refuse" : undefined) });
        const state = lab.snapshot().resources.find(({ urn }) => urn.endsWith("::a"));
        assert.equal(state?.pendingReplacement, true);
        assert.deepEqual(lab.world.deeds.splice(0), ["delete a"]);
        assert.deepEqual((await lab.made(program("one"))).changes, { same: 1, replace: 1 });
        assert.deepEqual(lab.world.deeds, ["create a"]);
    });

    test("that has deleted first is forgotten when the program no longer wants it", async () => {
        const program = (kind: string): Declaration[] => [{ name: "a", inputs: { kind }, deleteBeforeReplace: true }];
        const lab = await made(program("one"));
        await lab.up(program("two"), { faultOf: ({ method }) => (method === "create" ? "refuse" : undefined) });
        await lab.made([]);
        assert.deepEqual(
            lab.snapshot().resources.map(({ type }) => type),
            ["pulumi:pulumi:Stack"],
        );
    });

    test("whose old one cannot be deleted keeps it marked, and deletes it next time or at the end", async () => {
        for (const end of ["up", "destroy"] as const) {
            const lab = await made(chain("one"));
            const failed = await lab.up(chain("two"), {
                faultOf: ({ method, name }) => (method === "delete" && name === "b" ? "refuse" : undefined),
            });
            assert.equal(failed.outcome, "failed");
            const marked = lab.snapshot().resources.filter((state) => state.delete);
            assert.deepEqual(
                marked.map(({ urn }) => urn.split("::").at(-1)),
                ["a", "b"],
            );
            lab.world.deeds.length = 0;
            const result = await lab.run(end, chain("two"), {});
            assert.equal(result.outcome, "succeeded");
            const deletions = lab.world.deeds.filter((deed) => deed !== "delete c");
            const expected = end === "up" ? ["delete b", "delete a"] : ["delete b", "delete b", "delete a", "delete a"];
            assert.deepEqual(deletions, expected);
            assert.equal(lab.world.things.size, end === "up" ? 3 : 0);
        }
    });
});

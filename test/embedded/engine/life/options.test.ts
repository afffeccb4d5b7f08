// Resource options, each by what it promises.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { secret } from "../../../../embedded/state/propertyValues.ts";
import { Laboratory } from "../laboratory/laboratory.ts";
import type { Declaration } from "../laboratory/program.ts";

const thing = (rest: Partial<Declaration> = {}): Declaration => ({ name: "a", inputs: { text: "one" }, ...rest });
const urnOf = (name: string, qualifiedType = "lab:index:Thing"): string =>
    `urn:pulumi:test::lab::${qualifiedType}::${name}`;

async function made(...program: Declaration[]): Promise<Laboratory> {
    const lab = new Laboratory();
    await lab.made(program);
    lab.world.deeds.length = 0;
    return lab;
}

describe("the option", () => {
    test("protect keeps a resource from being deleted, replaced, dropped or destroyed, and names it", async () => {
        const lab = await made(thing({ protect: true }));
        const attempts = [
            () => lab.up([thing({ protect: true, inputs: { kind: "other" } })]),
            () => lab.up([]),
            () => lab.destroy(),
        ];
        for (const attempt of attempts) {
            const { outcome, errors } = await attempt();
            assert.equal(outcome, "failed");
            assert.match(errors.join(), /protected/);
            assert.deepEqual(lab.world.deeds, []);
        }
        assert.deepEqual((await lab.up([thing({ protect: true, inputs: { text: "two" } })])).changes, {
            same: 1,
            update: 1,
        });
        await lab.made([thing({ protect: false, inputs: { text: "two" } })]);
        assert.equal((await lab.destroy()).outcome, "succeeded");
    });

    test("protect passes from parents to children, unless they say otherwise", async () => {
        const box: Declaration = { name: "box", is: "component", protect: true };
        const lab = await made(box, thing({ parent: "box" }), thing({ name: "b", parent: "box", protect: false }));
        const protectedOnes = lab.snapshot().resources.filter((state) => state.protect);
        assert.deepEqual(
            protectedOnes.map(({ urn }) => urn.split("::").at(-1)),
            ["box", "a"],
        );
    });

    test("retainOnDelete leaves the thing when its resource is dropped, destroyed or replaced", async () => {
        const kept = (kind: string) => thing({ inputs: { kind }, retainOnDelete: true });
        const lab = await made(kept("one"));
        await lab.made([kept("two")]);
        assert.deepEqual(lab.world.deeds, ["create a"]);
        await lab.made([]);
        await lab.made([kept("three")]);
        await lab.destroy();
        assert.deepEqual(lab.world.deeds, ["create a", "create a"]);
        assert.equal(lab.world.things.size, 3);
        assert.deepEqual(lab.snapshot().resources, []);
    });

    test("ignoreChanges keeps the old input while others change", async () => {
        const lab = await made(thing({ inputs: { text: "one", other: "one" } }));
        const next = thing({ inputs: { text: "two", other: "two" }, ignoreChanges: ["text"] });
        assert.deepEqual((await lab.made([next])).changes, { same: 1, update: 1 });
        assert.deepEqual([...lab.world.things.values()][0]?.inputs, { text: "one", other: "two" });
    });

    test("aliases let a resource keep its thing under a new name, type of parent, or both", async () => {
        const lab = await made(thing(), thing({ name: "b", inputs: { from: { of: "a", output: "serial" } } }));
        const box: Declaration = { name: "box", is: "component" };
        const moved = [
            box,
            thing({ name: "z", parent: "box", aliases: [urnOf("a")] }),
            thing({ name: "b", inputs: { from: { of: "z", output: "serial" } } }),
        ];
        assert.deepEqual((await lab.made(moved)).changes, { same: 3, create: 1 });
        assert.deepEqual(lab.world.deeds, []);
        assert.deepEqual((await lab.made(moved)).changes, { same: 4 });
    });

    test("aliases: a rename that is cut short is never half in the state", async () => {
        const other = thing({ name: "other", inputs: { text: { of: "a", output: "digest" } } });
        const renamed = [
            thing({ name: "z", aliases: [urnOf("a")] }),
            thing({ name: "other", inputs: { text: { of: "z", output: "digest" } } }),
            thing({ name: "new" }),
        ];
        const { moments } = await (await made(thing(), other)).up(renamed);
        for (let killAt = 1; killAt <= moments; killAt++) {
            const lab = await made(thing(), other);
            await lab.up(renamed, { killAt });
            assert.doesNotThrow(() => lab.snapshot(), `killed at moment ${killAt}`);
        }
    });

    test("aliases: a provider that is renamed and replaced keeps its old name for what still uses the old one", async () => {
        const program = (name: string, kind: string, aliases: string[]): Declaration[] => [
            { name, is: "provider", inputs: { kind }, aliases },
            thing({ provider: name }),
        ];
        const lab = await made(...program("p", "one", []));
        const moved = program("q", "two", [urnOf("p", "pulumi:providers:lab")]);
        const failed = await lab.up(moved, { faultOf: ({ method }) => (method === "diff" ? "refuse" : undefined) });
        assert.equal(failed.outcome, "failed");
        assert.match(lab.snapshot().resources.at(-1)?.provider ?? "", /::p::/);
        await lab.made(moved);
        assert.deepEqual((await lab.made(moved)).changes, { same: 3 });
    });

    test("aliases: of two resources that claim the same one, the second is refused", async () => {
        const lab = await made(thing());
        const both = ["y", "z"].map((name) => thing({ name, aliases: [urnOf("a")] }));
        const { errors } = await lab.up(both);
        assert.match(errors.join(), /::a is claimed by more than one resource/);
    });

    test("dependsOn orders creation, and deletion the other way round", async () => {
        const lab = await made(thing(), thing({ name: "b", dependsOn: ["a"] }), thing({ name: "c", dependsOn: ["b"] }));
        await lab.destroy();
        assert.deepEqual(lab.world.deeds, ["delete c", "delete b", "delete a"]);
    });

    test("additionalSecretOutputs seals outputs that are no secrets by themselves", async () => {
        const lab = await made(thing({ additionalSecretOutputs: ["digest"] }));
        const { outputs } = lab.snapshot().resources.find(({ urn }) => urn === urnOf("a")) ?? {};
        const digest = outputs?.digest as { value: string };
        assert.deepEqual(outputs?.digest, secret(digest.value));
        assert.ok(!lab.text?.includes(digest.value));
    });

    test("customTimeouts reach the provider in seconds", async () => {
        const lab = new Laboratory();
        const timeouts = { create: "1m30s", update: "90s", delete: "1h" };
        const seen = async (operation: Promise<{ readonly calls: readonly { method: string; timeout: number }[] }>) =>
            (await operation).calls.flatMap(({ method, timeout }) => (timeout > 0 ? [`${method} ${timeout}`] : []));
        assert.deepEqual(await seen(lab.up([thing({ timeouts })])), ["create 90"]);
        assert.deepEqual(await seen(lab.up([thing({ timeouts, inputs: { text: "two" } })])), ["update 90"]);
        assert.deepEqual(await seen(lab.destroy()), ["delete 3600"]);
    });

    test("provider: one that is replaced takes its resources along, one that is updated leaves them", async () => {
        const program = (kind: string, text: string): Declaration[] => [
            { name: "p", is: "provider", inputs: { kind, text } },
            thing({ provider: "p" }),
            thing({ name: "b" }),
        ];
        const lab = await made(...program("one", "one"));
        assert.deepEqual((await lab.made(program("one", "two"))).changes, { same: 3, update: 1 });
        assert.deepEqual(lab.world.deeds, []);
        const foreseen = await lab.preview(program("two", "two"));
        assert.deepEqual(foreseen.changes, { same: 2, replace: 2 });
        assert.deepEqual((await lab.made(program("two", "two"))).changes, { same: 2, replace: 2 });
        assert.deepEqual(lab.world.deeds.splice(0), ["create a", "delete a"]);
        assert.deepEqual((await lab.made(program("two", "two"))).changes, { same: 4 });
        assert.deepEqual((await lab.made([thing({ name: "b" })])).changes, { same: 2, delete: 2 });
    });
});

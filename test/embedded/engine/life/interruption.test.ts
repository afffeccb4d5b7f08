// Failures, stops and kills: what is finished, what is never begun, and what the state says afterwards.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Laboratory } from "../laboratory/laboratory.ts";
import type { Declaration, Input } from "../laboratory/program.ts";
import type { Fault, ProviderCall } from "../laboratory/provider.ts";

const thing = (name: string, inputs: Declaration["inputs"] = { text: "one" }): Declaration => ({ name, inputs });
const failing = (method: ProviderCall["method"], fault: Fault, name = "a") => ({
    faultOf: (call: ProviderCall) => (call.method === method && call.name === name ? fault : undefined),
});

async function made(...program: Declaration[]): Promise<Laboratory> {
    const lab = new Laboratory();
    await lab.made(program);
    lab.world.deeds.length = 0;
    return lab;
}

const stateOf = (lab: Laboratory, name: string) =>
    lab.snapshot().resources.find(({ urn }) => urn.endsWith(`::${name}`));
const pendingOf = (lab: Laboratory): string[] =>
    lab.snapshot().pendingOperations.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`);

describe("after a failure", () => {
    test("what runs is finished, and nothing new begins", async () => {
        const lab = new Laboratory();
        const program = [thing("a"), thing("b"), thing("c", { from: { of: "b", output: "serial" } })];
        const result = await lab.up(program, failing("create", "refuse"));
        assert.equal(result.outcome, "failed");
        assert.deepEqual(lab.world.deeds, ["create b"]);
        assert.ok(stateOf(lab, "b"));
        assert.deepEqual(pendingOf(lab), []);
    });

    test("a thing that is only half there after its creation is kept with the reasons, and is updated next time", async () => {
        const lab = new Laboratory();
        const failed = await lab.up([thing("a")], failing("create", "half"));
        assert.deepEqual([failed.outcome, failed.errors], ["failed", ["told to stay half done"]]);
        assert.deepEqual(stateOf(lab, "a")?.initErrors, ["told to stay half done"]);
        assert.deepEqual((await lab.made([thing("a")])).changes, { same: 1, update: 1 });
        assert.deepEqual(stateOf(lab, "a")?.initErrors, undefined);
    });

    test("a thing that is only half there after its update is kept with its new inputs", async () => {
        const lab = await made(thing("a"));
        await lab.up([thing("a", { text: "two" })], failing("update", "half"));
        assert.deepEqual(stateOf(lab, "a")?.inputs, { text: "two" });
        assert.deepEqual(stateOf(lab, "a")?.initErrors, ["told to stay half done"]);
    });

    test("of a deletion the resource stays in the state", async () => {
        const lab = await made(thing("a"));
        assert.equal((await lab.destroy(failing("delete", "refuse"))).outcome, "failed");
        assert.ok(stateOf(lab, "a"));
        assert.equal((await lab.destroy()).outcome, "succeeded");
    });

    test("a provider that is lost leaves what it was asked as interrupted", async () => {
        const cases = [
            ["create", "lose", "creating a"],
            ["update", "loseAfter", "updating a"],
            ["delete", "loseAfter", "deleting a"],
        ] as const;
        for (const [method, fault, pending] of cases) {
            const lab = method === "create" ? new Laboratory() : await made(thing("a"));
            const program = method === "delete" ? [] : [thing("a", { text: "two" })];
            assert.equal((await lab.up(program, failing(method, fault))).outcome, "failed");
            assert.deepEqual(pendingOf(lab), [pending]);
            const { outcome, warnings } = await lab.up(program);
            assert.equal(outcome, "succeeded");
            assert.match(warnings.join(), new RegExp(`interrupted while it was ${pending.split(" ")[0]}`));
            assert.deepEqual(pendingOf(lab), []);
        }
    });
});

describe("Ctrl-C", () => {
    test("once lets running steps end, begins nothing new, and leaves nothing pending", async () => {
        const lab = new Laboratory();
        const chain = [thing("a"), thing("b", { from: { of: "a", output: "serial" } })];
        const result = await lab.up(chain, {
            onMoment: (_moment, stop) => {
                if (lab.world.deeds.length === 1) stop();
                return undefined;
            },
        });
        assert.equal(result.outcome, "cancelled");
        assert.deepEqual(lab.world.deeds, ["create a"]);
        assert.ok(stateOf(lab, "a"));
        assert.deepEqual(pendingOf(lab), []);
        assert.deepEqual((await lab.made(chain)).changes, { same: 2, create: 1 });
    });

    test("twice, which ends the engine at once, leaves what was under way pending, whatever that was", async () => {
        const program = [thing("a", { text: "two" }), thing("b")];
        const { moments } = await (await made(thing("a"), thing("gone"))).up(program);
        const seen = new Set<string>();
        for (let killAt = 1; killAt <= moments; killAt++) {
            const lab = await made(thing("a"), thing("gone"));
            assert.equal((await lab.up(program, { killAt })).outcome, "killed");
            for (const pending of pendingOf(lab)) seen.add(pending);
            const before = new Map([...lab.world.things].map(([id, { inputs }]) => [id, inputs.text]));
            const said = lab.snapshot().resources.filter(({ type }) => type === "lab:index:Thing");
            const agree =
                said.length === before.size && said.every(({ id, inputs }) => before.get(id ?? "") === inputs.text);
            assert.ok(
                agree || pendingOf(lab).length > 0,
                `at moment ${killAt} the state is behind and does not say so`,
            );
            assert.equal((await lab.up(program)).outcome, "succeeded");
            assert.equal(lab.world.things.size, 2);
            assert.deepEqual(pendingOf(lab), []);
        }
        assert.deepEqual([...seen].toSorted(), ["creating b", "deleting gone", "updating a"]);
    });
});

describe("an interrupted operation", () => {
    test("stays told until something has been done about it", async () => {
        const lab = await made(thing("a"), thing("b"));
        await lab.up([thing("a", { text: "two" }), thing("b")], failing("update", "loseAfter"));
        await lab.up([thing("a", { text: "two" }), thing("b")], {
            onMoment: (_moment, stop) => {
                stop();
                return undefined;
            },
        });
        assert.deepEqual(pendingOf(lab), ["updating a"]);
        const { warnings } = await lab.refresh();
        assert.match(warnings.join(), /interrupted while it was updating/);
        assert.deepEqual(pendingOf(lab), []);
    });

    test("that brought in a secret does not have it read back in the clear", async () => {
        const lab = await made(thing("a", { text: "open" }));
        await lab.up([thing("a", { text: { hidden: "hush-hush" } })], failing("update", "loseAfter"));
        await lab.refresh();
        assert.ok(!lab.text?.includes("hush-hush"));
        assert.deepEqual([...lab.world.things.values()][0]?.inputs, { text: "hush-hush" });
    });

    test("that brought in a secret under a new name does not have it read back in the clear", async () => {
        const lab = await made(thing("a", { text: "open" }));
        const aliases = ["urn:pulumi:test::lab::lab:index:Thing::a"];
        const renamed = { ...thing("new", { text: { hidden: "hush-hush" } }), aliases };
        await lab.up([renamed], failing("update", "loseAfter", "new"));
        assert.deepEqual(pendingOf(lab), ["updating new"]);
        await lab.refresh();
        assert.ok(!lab.text?.includes("hush-hush"));
    });

    test("that brought in a secret does not show it when it is replaced and then refreshed", async () => {
        const program = (kind: string, text: Input): Declaration[] => [
            { name: "a", inputs: { kind, text } },
            thing("b", { kind: { of: "a", output: "serial" } }),
        ];
        const lab = await made(...program("one", "open"));
        await lab.up(program("one", { hidden: "hush-hush" }), failing("update", "loseAfter"));
        await lab.up(program("two", { hidden: "hush-hush" }), {
            onMoment: (_moment, stop) => {
                if (lab.world.deeds.at(-1) === "create a") stop();
                return undefined;
            },
        });
        const old = lab.snapshot().resources.find((state) => state.delete);
        assert.equal(old?.inputs.text, "open");
        await lab.refresh();
        assert.ok(!lab.text?.includes("hush-hush"));
    });

    test("that was begun twice is found once", async () => {
        const lab = new Laboratory();
        await lab.up([thing("a")], failing("create", "loseAfter"));
        await lab.up([thing("a")], {
            faultOf: ({ method }) => (method === "read" ? "refuse" : method === "create" ? "lose" : undefined),
        });
        assert.deepEqual(pendingOf(lab), ["creating a", "creating a"]);
        assert.deepEqual((await lab.made([thing("a")])).changes, { same: 2 });
        assert.deepEqual([lab.world.things.size, pendingOf(lab)], [1, []]);
    });

    test("that replaced something deleted first stands before what depends on it when it is found", async () => {
        const program = (kind: string): Declaration[] => [
            { name: "a", inputs: { kind }, deleteBeforeReplace: true },
            thing("b", { text: { of: "a", output: "serial" } }),
        ];
        const lab = await made(...program("one"));
        await lab.up(program("two"), failing("create", "loseAfter"));
        assert.deepEqual(pendingOf(lab), ["creating a"]);
        assert.equal((await lab.refresh()).outcome, "succeeded");
        assert.deepEqual(
            lab.snapshot().resources.flatMap(({ urn, type }) => (type === "lab:index:Thing" ? [urn.slice(-1)] : [])),
            ["a", "b"],
        );
        assert.deepEqual((await lab.made(program("two"))).changes, { same: 2, update: 1 });
    });

    test("that replaced something under a new name has it deleted after what was made from it", async () => {
        const program = (name: string, kind: string): Declaration[] => [
            { name, inputs: { kind }, aliases: ["urn:pulumi:test::lab::lab:index:Thing::a"] },
            thing("b", { kind: { of: name, output: "serial" } }),
            thing("c", { kind: { of: "b", output: "serial" } }),
        ];
        const lab = await made(...program("a", "one"));
        await lab.up(program("new", "two"), {
            onMoment: (_moment, stop) => {
                if (lab.world.deeds.at(-1) === "create new") stop();
                return undefined;
            },
        });
        const { deeds, violations } = lab.world;
        assert.equal(deeds.at(-1), "create new");
        await lab.made(program("new", "two"));
        assert.deepEqual(deeds.slice(-3), ["delete c", "delete b", "delete a"]);
        assert.deepEqual(violations, []);
    });
});

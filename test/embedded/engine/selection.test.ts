// Operations on some resources of a stack: what is named is changed, all else stays, and the state holds together.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findDamage } from "../../../embedded/state/integrity.ts";
import { Bench } from "./bench.ts";
import { type Conditions, Laboratory, type Outcome } from "./laboratory/laboratory.ts";
import type { Declaration } from "./laboratory/program.ts";
import { nameOf } from "./laboratory/world.ts";

/** B needs A; C stands alone. */
const chain = (text: string): Declaration[] => [
    { name: "a", inputs: { text } },
    { name: "b", inputs: { text, of: { of: "a", output: "digest" } } },
    { name: "c", inputs: { text } },
];

async function madeChain(): Promise<Laboratory> {
    const laboratory = new Laboratory();
    await laboratory.made(chain("one"));
    return laboratory;
}

const deeds = ({ calls }: Outcome): string[] =>
    calls.flatMap(({ method, name }) => (/create|update|delete|read/.test(method) ? [`${method} ${name}`] : []));

const names = (laboratory: Laboratory): string[] =>
    laboratory
        .snapshot()
        .resources.filter(({ type }) => type.startsWith("lab:"))
        .map(({ urn }) => nameOf(urn));

const damage = (laboratory: Laboratory): string | undefined => findDamage(laboratory.snapshot().resources);

/** After an operation without a choice nothing is left to do, and the state is one that Pulumi would take. */
async function converges(laboratory: Laboratory, program: readonly Declaration[]): Promise<void> {
    await laboratory.made(program);
    assert.deepEqual(Object.keys((await laboratory.preview(program)).changes), ["same"]);
    assert.equal(damage(laboratory), undefined);
    const things = program.filter(({ is }) => is !== "provider").map(({ name }) => name);
    assert.deepEqual(names(laboratory).sort(), things.sort());
}

describe("an update of some resources", () => {
    test("changes the targets, named by URN or by pattern, and nothing else", async () => {
        for (const target of [
            "urn:pulumi:test::lab::lab:index:Thing::c",
            "**::c",
            "urn:pulumi:test::lab::lab:*:*::c",
        ]) {
            const laboratory = await madeChain();
            const planned = await laboratory.preview(chain("two"), { targets: [target] });
            assert.deepEqual(planned.changes, { same: 3, update: 1 });
            const result = await laboratory.up(chain("two"), { targets: [target] });
            assert.deepEqual([result.changes, deeds(result)], [{ same: 3, update: 1 }, ["update c"]]);
            assert.equal(damage(laboratory), undefined);
            await converges(laboratory, chain("two"));
        }
    });

    const follows: readonly [string, Conditions, readonly string[]][] = [
        ["what depends on a target", { targets: ["**::a"], targetDependents: true }, ["update a", "update b"]],
        ["all but what is excluded", { excludes: ["**::a"] }, ["update b", "update c"]],
        ["all but what depends on it", { excludes: ["**::a"], excludeDependents: true }, ["update c"]],
    ];
    for (const [what, choice, expected] of follows) {
        test(`changes ${what} where that is asked for`, async () => {
            const laboratory = await madeChain();
            assert.deepEqual(deeds(await laboratory.up(chain("two"), choice)).sort(), expected);
            assert.equal(damage(laboratory), undefined);
            await converges(laboratory, chain("two"));
        });
    }

    test("does not make what nobody named, nor what needs it, and refuses a target that does", async () => {
        const laboratory = await madeChain();
        const program = [
            ...chain("two"),
            { name: "new", inputs: { text: "new" } },
            { name: "user", inputs: { of: { of: "new", output: "digest" } } },
        ];
        assert.deepEqual(deeds(await laboratory.up(program, { targets: ["**::c"] })), ["update c"]);
        assert.deepEqual(names(laboratory).sort(), ["a", "b", "c"]);
        const refused = await laboratory.up(program, { targets: ["**::user"] });
        assert.match(refused.errors.join(), /depends on .*::new, which does not exist yet: name that as a target too/);
        assert.deepEqual(deeds(refused), []);
        await converges(laboratory, program);
    });

    test("keeps what left the program, ahead of what still depends on it", async () => {
        const laboratory = await madeChain();
        const program = [
            { name: "b", inputs: { text: "apart" } },
            { name: "c", inputs: { text: "two" } },
        ];
        assert.deepEqual(deeds(await laboratory.up(program, { targets: ["**::c"] })), ["update c"]);
        assert.deepEqual(names(laboratory).sort(), ["a", "b", "c"]);
        assert.equal(damage(laboratory), undefined);
        await converges(laboratory, program);
    });

    test("deletes a target that left the program, unless what depends on it was not named", async () => {
        const laboratory = await madeChain();
        const program = [{ name: "c", inputs: { text: "one" } }];
        const refused = await laboratory.up(program, { targets: ["**::a"] });
        assert.match(refused.errors.join(), /depend on a target that is to be deleted; name them .*\n {2}urn:.*::b$/);
        assert.deepEqual(deeds(refused), []);
        const result = await laboratory.up(program, { targets: ["**::a", "**::b"] });
        assert.deepEqual(deeds(result), ["delete b", "delete a"]);
        await converges(laboratory, program);
    });

    test("refuses to declare first what an untouched resource depends on in the state", async () => {
        const laboratory = await madeChain();
        const program = [
            { name: "b", inputs: { text: "apart" } },
            { name: "a", inputs: { text: "two" }, dependsOn: ["b"] },
        ];
        const refused = await laboratory.up(program, { targets: ["**::a"] });
        assert.match(refused.errors.join(), /depends on it, but the program declares that one first/);
        assert.equal(damage(laboratory), undefined);
        await converges(laboratory, program);
    });

    test("leaves an untouched resource its former name", async () => {
        const laboratory = await madeChain();
        const program = [
            { name: "first", inputs: { text: "two" }, aliases: ["urn:pulumi:test::lab::lab:index:Thing::a"] },
            { name: "b", inputs: { text: "two", of: { of: "first", output: "digest" } } },
            { name: "c", inputs: { text: "two" } },
        ];
        assert.deepEqual(deeds(await laboratory.up(program, { targets: ["**::b"] })), ["update b"]);
        assert.deepEqual(names(laboratory).sort(), ["a", "b", "c"]);
        assert.equal(damage(laboratory), undefined);
        await converges(laboratory, program);
    });

    test("leaves the outputs of an untouched component as they were", async () => {
        const laboratory = new Laboratory();
        const program = (text: string): Declaration[] => [
            { name: "box", is: "component", outputs: { text } },
            { name: "inside", parent: "box", inputs: { text } },
        ];
        await laboratory.made(program("one"));
        assert.deepEqual(deeds(await laboratory.up(program("two"), { targets: ["**::inside"] })), ["update inside"]);
        const box = laboratory.snapshot().resources.find(({ urn }) => urn.endsWith("::box"));
        assert.deepEqual(box?.outputs, { text: "one" });
        await converges(laboratory, program("two"));
    });

    test("refuses to leave alone a resource whose provider is replaced", async () => {
        const laboratory = new Laboratory();
        const program = (kind: string): Declaration[] => [
            { name: "own", is: "provider", inputs: { kind } },
            { name: "inside", provider: "own", inputs: { text: "one" } },
            { name: "c", inputs: { text: kind } },
        ];
        await laboratory.made(program("one"));
        const refused = await laboratory.up(program("two"), { targets: ["**::c"] });
        assert.match(refused.errors.join(), /not among the targets, but its provider .*::own::.* is about to go/);
        assert.equal(damage(laboratory), undefined);
        await converges(laboratory, program("two"));
    });

    test("makes anew what is to be replaced, though nothing of it has changed", async () => {
        const laboratory = await madeChain();
        const result = await laboratory.up(chain("one"), { replaces: ["**::c"] });
        assert.deepEqual([result.changes, deeds(result)], [{ same: 3, replace: 1 }, ["create c", "delete c"]]);
        await converges(laboratory, chain("one"));
    });

    test("makes anew what a replacement takes along, though nobody named it", async () => {
        const laboratory = new Laboratory();
        const program = (kind: string): Declaration[] => [
            { name: "a", inputs: { kind }, deleteBeforeReplace: true },
            { name: "b", inputs: { kind: { of: "a", output: "digest" } } },
        ];
        await laboratory.made(program("one"));
        const result = await laboratory.up(program("two"), { targets: ["**::a"] });
        assert.deepEqual(deeds(result), ["delete b", "delete a", "create a", "create b"]);
        await converges(laboratory, program("two"));
    });

    test("refuses names that mean nothing, before it deletes anything", async () => {
        const laboratory = await madeChain();
        const refused = await laboratory.up([], { targets: ["**::bb"], replaces: ["**::something"] });
        assert.deepEqual(refused.errors, [
            "no resource of the stack is **::bb (did you mean **::b?)\nno resource of the stack is **::something",
        ]);
        assert.deepEqual(deeds(refused), []);
        const cut = await laboratory.refresh({ targets: ["urn:pulumi:test::lab::box:Box:Thing::a"] });
        assert.match(cut.errors.join(), /is urn:.*::a \(a shell takes a \$ out of what is not in single quotes\)$/);
        await assert.rejects(laboratory.up([], { targets: ["a"], excludes: ["b"] }), /not both/);
    });
});

test("a program of the SDK gets no outputs of what was not to be made, and its old outputs stay", async (t) => {
    const bench = await Bench.open(t);
    await bench.made([{ name: "a", text: "one" }]);
    await bench.calls();
    await bench.plan([
        { name: "a", text: "two" },
        { name: "new", text: "new" },
        { name: "user", text: "<new.digest>" },
    ]);
    const result = await bench.up(undefined, { targets: ["**::a"] });
    assert.deepEqual([result.outcome, await bench.calls()], ["succeeded", ["update a txt"]]);
    assert.deepEqual(result.outputs, { texts: { a: "two", new: "new" }, digests: { a: "3fc4ccfe" } });
    assert.deepEqual(await bench.names(), ["a"]);
    await bench.up(undefined, { parallel: 1 });
    assert.deepEqual(await bench.calls(), ["create new txt", "created new txt", "create user txt", "created user txt"]);
});

describe("a refresh of some resources", () => {
    test("looks at the targets only, or at all but what is excluded", async () => {
        const laboratory = await madeChain();
        assert.deepEqual(deeds(await laboratory.refresh({ targets: ["**::c"] })), ["read c"]);
        const dependents = await laboratory.refresh({ targets: ["**::a"], targetDependents: true });
        assert.deepEqual(deeds(dependents), ["read a", "read b"]);
        assert.deepEqual(deeds(await laboratory.refresh({ excludes: ["**::b"] })), ["read a", "read c"]);
    });
});

describe("a destruction of some resources", () => {
    test("takes along what depends on a target only where that is asked for", async () => {
        const laboratory = await madeChain();
        const refused = await laboratory.destroy({ targets: ["**::a"] });
        assert.deepEqual([refused.outcome, deeds(refused)], ["failed", []]);
        const result = await laboratory.destroy({ targets: ["**::a"], targetDependents: true });
        assert.deepEqual(deeds(result), ["delete b", "delete a"]);
        assert.deepEqual(names(laboratory), ["c"]);
        await converges(laboratory, chain("one"));
    });

    test("keeps what is excluded, and what that depends on", async () => {
        const laboratory = await madeChain();
        assert.deepEqual(deeds(await laboratory.destroy({ excludes: ["**::b"] })), ["delete c"]);
        assert.equal(damage(laboratory), undefined);
        await laboratory.destroy();
        assert.deepEqual(laboratory.snapshot().resources, []);
    });
});

// Property paths, structural differences, and the options that bend them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
    describeDiff,
    diffInputs,
    ignoreChanges,
    noDiff,
    replaceOnChanges,
    replaces,
} from "../../../embedded/engine/diff.ts";
import { parsePath } from "../../../embedded/engine/propertyPath.ts";
import { secret, unknownValue } from "../../../embedded/state/propertyValues.ts";

describe("property paths", () => {
    test("are names, indexes, quoted names and wildcards", () => {
        assert.deepEqual(parsePath('spec.containers[0]["a.b"].*'), ["spec", "containers", 0, "a.b", "*"]);
        assert.deepEqual(parsePath("list[*].name"), ["list", "*", "name"]);
        assert.deepEqual(parsePath('["say \\"hi\\""]'), ['say "hi"']);
        assert.equal(parsePath("a[b"), undefined);
    });
});

describe("differences of inputs", () => {
    test("name the innermost places that differ", () => {
        const before = { same: 1, gone: true, list: ["a", "b"], map: { "a.b": 1, kept: null } };
        const after = { same: 1, list: ["a", "c", "d"], map: { "a.b": 2, kept: null }, fresh: "x" };
        const { changes, changedKeys, detailed } = diffInputs(before, after);
        assert.ok(changes);
        assert.deepEqual(changedKeys.toSorted(), ["fresh", "gone", "list", "map"]);
        assert.deepEqual(Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind])), {
            gone: "delete",
            "list[1]": "update",
            "list[2]": "add",
            'map["a.b"]': "update",
            fresh: "add",
        });
    });

    test("know a key that every object seems to have for a new one", () => {
        const { detailed } = diffInputs({ data: {} }, { data: { ["__proto__"]: "a", constructor: "b" } });
        assert.deepEqual(
            Object.entries(detailed).map(([path, { kind }]) => [path, kind]),
            [
                ["data.__proto__", "add"],
                ["data.constructor", "add"],
            ],
        );
    });

    test("look at what secrets hold, not at whether something is one", () => {
        assert.ok(!diffInputs({ a: secret("x") }, { a: "x" }).changes);
        assert.ok(diffInputs({ a: secret("x") }, { a: secret("y") }).changes);
    });
});

describe("descriptions", () => {
    test("mask secrets, also parts of them, and leave out provider code", () => {
        const before = { inputs: { a: secret({ b: "old" }), c: 1, __provider: "code" }, outputs: {} };
        const after = { a: secret({ b: "new" }), c: unknownValue, __provider: "more code" };
        const diff = { ...diffInputs(before.inputs, after), replaceKeys: ["c"] };
        assert.deepEqual(describeDiff(diff, before, after), [
            { path: "a.b", kind: "update", replaces: false, before: "[secret]", after: "[secret]" },
            { path: "c", kind: "update", replaces: true, before: 1, after: "[unknown]" },
            { path: "__provider", kind: "update", replaces: false },
        ]);
    });

    test("take the old value from the outputs where the provider compared those", () => {
        const detailed = { size: { kind: "update", replaces: false, inputs: false } } as const;
        const before = { inputs: { size: 1 }, outputs: { size: 5 } };
        const described = describeDiff({ ...noDiff, changes: true, detailed }, before, { size: 1 });
        assert.deepEqual(described, [{ path: "size", kind: "update", replaces: false, before: 5, after: 1 }]);
    });
});

describe("ignoreChanges", () => {
    const olds = { a: 1, spec: { x: "old", list: [{ n: 1 }, { n: 2 }] }, gone: "g" };

    test("keeps old values, brings back what was dropped and drops what is new", () => {
        const news = { a: 2, spec: { x: "new", y: "new", list: [{ n: 5 }, { n: 6 }] } };
        assert.deepEqual(ignoreChanges(news, olds, ["a", "spec.x", "spec.y", "spec.list[*].n", "gone"]), olds);
    });

    test("takes a key that every object seems to have for none", () => {
        const named = { data: { ["__proto__"]: "a", constructor: "b" } };
        assert.deepEqual(ignoreChanges({ data: {} }, named, ["data.__proto__", "data.constructor"]), named);
        assert.deepEqual(ignoreChanges(named, { data: {} }, ["data.__proto__", "data.constructor"]), { data: {} });
    });

    test("reaches into secrets", () => {
        const result = ignoreChanges({ spec: secret({ x: "new", z: 1 }) }, { spec: secret({ x: "old" }) }, ["spec.x"]);
        assert.deepEqual(result, { spec: secret({ x: "old", z: 1 }) });
    });
});

describe("replaceOnChanges", () => {
    const diff = diffInputs({ spec: { x: 1 }, other: 1 }, { spec: { x: 2 }, other: 2 });

    test("makes a replacement of a change at or below a path", () => {
        assert.ok(replaces(replaceOnChanges(diff, ["spec.x"], false)));
        assert.deepEqual(replaceOnChanges(diff, ["spec"], false).replaceKeys, ["spec"]);
        assert.ok(replaces(replaceOnChanges(diff, ["*"], false)));
        assert.ok(!replaces(replaceOnChanges(diff, ["spec.z"], false)));
        assert.ok(!replaces(replaceOnChanges(noDiff, ["spec"], false)));
    });

    test("knows resources that did not become ready", () => {
        assert.deepEqual(replaceOnChanges(noDiff, ["initErrors"], true).replaceKeys, ["initErrors"]);
    });
});

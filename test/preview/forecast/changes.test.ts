import assert from "node:assert/strict";
import { test } from "node:test";
import { describeChanges } from "../../../preview/forecast/changes.ts";

const sha = (letter: string) => `sha256:${letter.repeat(64)}`;

type Settings = Readonly<Record<string, string>>;

const cases: readonly (readonly [what: string, before: Settings, after: Settings, said: readonly string[]])[] = [
    ["nothing", { "luigi_Train.seed": "1" }, { "luigi_Train.seed": "1" }, []],
    ["a value", { "luigi_Train.seed": "1" }, { "luigi_Train.seed": "2" }, ["[luigi_Train] seed 1 -> 2"]],
    ["an empty value", { "luigi_Train.q": "" }, { "luigi_Train.q": "9" }, ["[luigi_Train] q (empty) -> 9"]],
    ["a key that came", {}, { "luigi_Train.q": "9" }, ["[luigi_Train] q is new"]],
    ["a key that went", { "luigi_Train.q": "9" }, {}, ["[luigi_Train] q is gone"]],
    ["a key of no section", { gpus: "1" }, { gpus: "4" }, ["gpus 1 -> 4"]],
    [
        "a file",
        { "luigi_Train.config": sha("a") },
        { "luigi_Train.config": sha("b") },
        ["the file of [luigi_Train] config changed"],
    ],
    ["a long value", { "s.k": "x" }, { "s.k": "y".repeat(99) }, [`[s] k x -> ${"y".repeat(39)}…`]],
    [
        "many values",
        { "s.a": "1", "s.b": "1", "s.c": "1", "s.d": "1", "s.e": "1" },
        { "s.a": "2", "s.b": "2", "s.c": "2", "s.d": "2", "s.e": "2" },
        ["[s] a 1 -> 2", "[s] b 1 -> 2", "[s] c 1 -> 2", "2 more settings"],
    ],
];

for (const [what, before, after, said] of cases) {
    test(`a change of settings is said in words: ${what}`, () => {
        assert.deepEqual(describeChanges(before, after), said);
    });
}

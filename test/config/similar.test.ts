// "Did you mean …": names that are near, and none that only happen to be as short.
import assert from "node:assert/strict";
import { test } from "node:test";
import { didYouMean } from "../../config/similar.ts";

const known = ["up", "seed", "show", "kernel_length", "request_gpus", "luigi_Train"];

const near: readonly (readonly [name: string, meant: string | undefined])[] = [
    ["kernel_lenght", "kernel_length"],
    ["requestgpus", "request_gpus"],
    ["LUIGI_TRAIN", "luigi_Train"],
    ["shwo", "show"],
    ["sed", "seed"],
    ["uo", "up"],
    ["x", undefined],
    ["", undefined],
    ["none", undefined],
    ["colour", undefined],
    ["learning_rate", undefined],
];

for (const [name, meant] of near) {
    test(`${JSON.stringify(name)} is ${meant === undefined ? "like no known name" : `taken for ${meant}`}`, () => {
        assert.equal(didYouMean(name, known), meant && `did you mean ${meant}?`);
        assert.equal(didYouMean(name, []), undefined);
    });
}

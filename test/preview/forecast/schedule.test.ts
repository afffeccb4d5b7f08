import assert from "node:assert/strict";
import { test } from "node:test";
import { secondsTogether, type Task } from "../../../preview/forecast/schedule.ts";

function task(name: string, seconds: number, needs: readonly string[] = [], local = true): Task {
    return { name, seconds, needs, local };
}

const cases: readonly (readonly [what: string, tasks: readonly Task[], workers: number, seconds: number])[] = [
    ["nothing takes no time", [], 5, 0],
    ["what is independent runs side by side", [task("a", 3), task("b", 5)], 5, 5],
    ["with one worker, one after the other", [task("a", 3), task("b", 5)], 1, 8],
    ["fewer workers than stages", [task("a", 3), task("b", 5), task("c", 4)], 2, 7],
    ["a stage waits for what it needs", [task("a", 3), task("b", 5, ["a"]), task("c", 1)], 5, 8],
    ["the longest chain counts", [task("a", 3), task("b", 5, ["a"]), task("c", 4), task("d", 2, ["b", "c"])], 5, 10],
    ["what is done already is not waited for", [task("b", 5, ["done"])], 5, 5],
    ["training takes no worker", [task("Train", 100, [], false), task("a", 60), task("b", 50)], 1, 110],
    ["no worker is one worker", [task("a", 3), task("b", 5)], 0, 8],
    ["a stage of unknown length counts nothing", [task("a", 0), task("b", 5, ["a"])], 5, 5],
];

for (const [what, tasks, workers, seconds] of cases) {
    test(`the time of stages together: ${what}`, () => {
        assert.equal(secondsTogether(tasks, workers), seconds);
    });
}

test("stages that need each other are an error", () => {
    assert.throws(() => secondsTogether([task("a", 1, ["b"]), task("b", 1, ["a"])], 2), /need each other: a, b/);
});

// What the stages of a process tell of their transfers.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { logLines, ProgressBoard } from "../../../pipeline/stage/progressBoard.ts";
import {
    isProgressLine,
    parseProgressLine,
    progressLine,
    type StagesProgress,
} from "../../../pipeline/stage/progressLine.ts";

function boardOf(t: TestContext): [ProgressBoard, StagesProgress[]] {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const told: StagesProgress[] = [];
    return [new ProgressBoard({ everyMs: 100, tell: (progress) => told.push(progress) }, () => 0), told];
}

test("a stage is told of while it has something to do, and once when it has no more", (t) => {
    const [board, told] = boardOf(t);
    const meter = board.begin("FetchTrain", "sent");
    t.mock.timers.tick(500);
    assert.equal(told.length, 0, "nothing to send yet");
    meter.plan(100);
    meter.add(40);
    t.mock.timers.tick(200);
    assert.deepEqual(
        told.map(({ stages }) => stages.map(({ stage, verb, done }) => [stage, verb, done])),
        [[["FetchTrain", "sent", 40]], [["FetchTrain", "sent", 40]]],
    );
    meter.add(60);
    t.mock.timers.tick(500);
    assert.deepEqual(told.slice(2), [{ stages: [], total: { planned: 100, done: 100, rate: 100 } }]);
    board.end(meter);
    t.mock.timers.tick(500);
    assert.equal(told.length, 3);
});

test("a stage that has ended is told of no more, but what it moved stays in the total", (t) => {
    const [board, told] = boardOf(t);
    const first = board.begin("FetchTrain", "sent");
    first.plan(10);
    first.add(7);
    const second = board.begin("TestingWaveforms", "fetched");
    second.plan(100);
    second.add(1);
    board.end(first);
    board.end(first);
    t.mock.timers.tick(100);
    assert.deepEqual(
        told.map(({ stages, total }) => [stages.map(({ stage }) => stage), total]),
        [[["TestingWaveforms"], { planned: 107, done: 8, rate: 1 }]],
    );
});

test("a log has a line for each stage, and with several one for all that travels", (t) => {
    const [board] = boardOf(t);
    const sending = board.begin("FetchTrain", "sent");
    sending.plan(10e6);
    sending.add(2e6);
    assert.deepEqual(logLines(board.snapshot()), [["FetchTrain", "sent 2 MB of 10 MB (20 %), 2 MB/s, 4s left"]]);
    const hashing = board.begin("FetchTest", "hashed");
    hashing.plan(8e6);
    hashing.add(4e6);
    assert.equal(logLines(board.snapshot()).length, 2);
    const fetching = board.begin("SandboxInfer", "fetched");
    fetching.plan(10e6);
    fetching.add(3e6);
    assert.deepEqual(logLines(board.snapshot()).slice(1), [
        ["FetchTest", "hashed 4 MB of 8 MB (50 %), 4 MB/s, 1s left"],
        ["SandboxInfer", "fetched 3 MB of 10 MB (30 %), 3 MB/s, 3s left"],
        ["all stages", "5 MB of 20 MB (25 %), 5 MB/s, 3s left"],
    ]);
});

test("a progress line is read as it was written, and no other line is taken for one", (t) => {
    const [board] = boardOf(t);
    board.begin("FetchTrain", "sent").plan(10);
    const line = progressLine(board.snapshot());
    assert.doesNotMatch(line, /\n/);
    assert.deepEqual(parseProgressLine(line), board.snapshot());
    assert.equal(parseProgressLine(line.slice(0, -5)), undefined);
    assert.ok(isProgressLine(line));
    assert.ok(!isProgressLine(`[FetchTrain] ${line}`));
});

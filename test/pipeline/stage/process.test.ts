import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { type RunningTask, runTask, type TaskOptions } from "../../../pipeline/stage/process.ts";
import { familyOf } from "../../../pipeline/stage/processTree.ts";

function shell(script: string, rest: Partial<TaskOptions> = {}) {
    const lines: string[] = [];
    const environment = { PATH: process.env.PATH ?? "" };
    const onLine = (line: string) => lines.push(line);
    const result = runTask({ command: ["/bin/sh", "-c", script], cwd: tmpdir(), environment, onLine, ...rest });
    return { lines, result };
}

test("passes on the exit code and every line of both streams, the last one without its end too", async () => {
    const { lines, result } = shell("echo one; echo two >&2; printf 'a\\rb\\r\\nlast'; exit 7");
    assert.deepEqual(await result, { exitCode: 7, signal: null });
    assert.deepEqual(lines.sort(), ["a", "b", "last", "one", "two"]);
});

test("passes on the signal that killed the task", async () => {
    assert.deepEqual(await shell("kill -KILL $$").result, { exitCode: null, signal: "SIGKILL" });
});

test("an argument is never read by a shell", async () => {
    const lines: string[] = [];
    const command = ["printf", "%s\n", "$(id); `id` && *"];
    const environment = { PATH: process.env.PATH ?? "" };
    await runTask({ command, cwd: tmpdir(), environment, onLine: (line) => lines.push(line) });
    assert.deepEqual(lines, ["$(id); `id` && *"]);
});

test("loses no line of a large output", async () => {
    const { lines, result } = shell("seq 1 50000; seq 1 50000 >&2");
    await result;
    assert.equal(lines.length, 100_000);
});

test("a task that ignores SIGINT and SIGTERM is killed with all it started", async () => {
    const stop = new AbortController();
    let task: RunningTask | undefined;
    const { result } = shell("trap '' INT TERM; setsid sleep 600 & echo ready; while :; do sleep 1; done", {
        graceMs: 300,
        signal: stop.signal,
        onStarted: (started) => {
            task = started;
            return Promise.resolve();
        },
        onLine: () => {
            stop.abort();
        },
    });
    assert.deepEqual(await result, { exitCode: null, signal: "SIGKILL" });
    assert.ok(task);
    assert.deepEqual(await familyOf(task.child, task.run), []);
});

test("a task that was stopped before it began is not started", async () => {
    const { lines, result } = shell("echo ran", { signal: AbortSignal.abort(new Error("stopped before")) });
    await assert.rejects(result, /stopped before/);
    assert.deepEqual(lines, []);
});

// Stopping an operation: by a signal, and by killing the engine. Nothing it started outlives it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Bench } from "./bench.ts";

/** Processes that carry the bench's folder in their environment: all that the engine starts do. */
async function processesOf(bench: Bench): Promise<string[]> {
    const found: string[] = [];
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))) {
        const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
        if (environment.includes(`BENCH=${bench.root}`)) {
            found.push(await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => pid));
        }
    }
    return found;
}

// One after the other: what the engine starts is told by the environment of this process.
describe("cancellation", () => {
    test("cancelling finishes what runs, starts nothing new, and leaves no process", async (t) => {
        const bench = await Bench.open(t);
        process.env.BENCH = bench.root;
        await bench.plan([
            { name: "a", text: "a", seconds: 1 },
            { name: "b", text: "<a.digest>" },
        ]);
        const controller = new AbortController();
        const running = bench.up(controller.signal);
        while (!(await bench.text("calls.log").catch(() => "")).includes("create a")) {
            await sleep(20);
        }
        const { pending_operations: pending = [] } = await bench.state();
        assert.deepEqual(
            pending.map(({ type }) => type),
            ["creating"],
        );
        controller.abort();
        const result = await running;
        assert.equal(result.outcome, "cancelled");
        assert.deepEqual(await bench.calls(), ["create a txt", "created a txt"]);
        assert.deepEqual(await bench.names(), ["a"]);
        assert.equal((await bench.state()).pending_operations, undefined);
        assert.deepEqual(await processesOf(bench), []);
        const locks = await readdir(path.join(bench.root, ".pulumi/locks/organization/files/test"));
        assert.deepEqual(locks, []);
    });

    test("a dynamic resource that listens for it hears of the cancellation and may end early", async (t) => {
        const bench = await Bench.open(t);
        await bench.plan([{ name: "a", text: "a", seconds: 60, stoppable: true }]);
        const controller = new AbortController();
        const running = bench.up(controller.signal);
        while (!(await bench.text("calls.log").catch(() => "")).includes("create a")) {
            await sleep(20);
        }
        controller.abort();
        const result = await running;
        assert.deepEqual([result.outcome, bench.errors()], ["cancelled", ["stopped early"]]);
        assert.deepEqual(await bench.names(), []);
        assert.equal((await bench.state()).pending_operations, undefined);
    });

    test("when a provider dies, it is told how, and what it was doing stays in the state as interrupted", async (t) => {
        const bench = await Bench.open(t);
        process.env.BENCH = bench.root;
        await bench.plan([{ name: "a", text: "a", seconds: 60 }]);
        const running = bench.up();
        while (!(await bench.text("calls.log").catch(() => "")).includes("create a")) {
            await sleep(20);
        }
        for (const pid of await readdir("/proc")) {
            const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
            const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
            if (environment.includes(`BENCH=${bench.root}`) && command.includes("dynamic-provider")) {
                process.kill(Number(pid), "SIGKILL");
            }
        }
        assert.equal((await running).outcome, "failed");
        assert.deepEqual(bench.errors(), [
            'the provider for "pulumi-nodejs" ended with signal SIGKILL while it was asked',
        ]);
        const { pending_operations: pending = [] } = await bench.state();
        assert.deepEqual(
            pending.map(({ type }) => type),
            ["creating"],
        );
        await bench.made([{ name: "a", text: "a" }]);
        assert.equal((await bench.state()).pending_operations, undefined);
    });

    test("after a kill, processes end, the interrupted operation is told, and its lock is named", async (t) => {
        const bench = await Bench.open(t);
        await bench.plan([{ name: "a", text: "a", seconds: 30 }]);
        const script = path.join(bench.root, "run.ts");
        const module = path.join(import.meta.dirname, "../../../embedded/engine/index.ts");
        const settings = JSON.stringify(bench.settings());
        await writeFile(
            script,
            `import { up } from ${JSON.stringify(module)};\nawait up({ ...${settings}, onEvent() {} });\n`,
        );
        const child = promisify(execFile)(process.execPath, [script], { env: { ...process.env, BENCH: bench.root } });
        child.catch(() => undefined);
        while (!(await bench.calls()).includes("create a txt")) {
            await sleep(50);
        }
        child.child.kill("SIGKILL");
        await child.catch(() => undefined);
        for (let round = 0; round < 100 && (await processesOf(bench)).length > 0; round++) {
            await sleep(50);
        }
        assert.deepEqual(await processesOf(bench), []);

        await assert.rejects(bench.up(), /stack test is locked.*no longer running/s);
        const locks = path.join(bench.root, ".pulumi/locks/organization/files/test");
        await promisify(execFile)("rm", ["-r", locks]);
        await mkdir(locks);
        await bench.plan([{ name: "a", text: "a" }]);
        const result = await bench.up();
        assert.deepEqual(result.changes, { same: 1, create: 1 });
        assert.match(JSON.stringify(bench.events), /interrupted while it was creating/);
        assert.equal((await bench.state()).pending_operations, undefined);
    });
});

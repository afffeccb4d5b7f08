// Whatever ends early, no process is left and nothing half-made counts.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { create } from "../../../pipeline/stage/lifecycle.ts";
import { stopStages } from "../../../pipeline/stage/lock.ts";
import type { RunningTask } from "../../../pipeline/stage/process.ts";
import { familyOf, isAlive, type Process, processOf } from "../../../pipeline/stage/processTree.ts";
import type { StageInputs } from "../../../pipeline/stage/state.ts";
import { both, Experiment } from "../fixtures/experiment.ts";
import { until } from "../fixtures/until.ts";

interface Started {
    readonly process: ChildProcess;
    readonly output: () => string;
    readonly exit: Promise<number | NodeJS.Signals | null>;
}

async function start(t: TestContext, script: string, experiment: Experiment, inputs: StageInputs): Promise<Started> {
    const file = experiment.file(`${inputs.stage}.inputs.json`);
    await writeFile(file, JSON.stringify(inputs));
    const path = fileURLToPath(import.meta.resolve(`../fixtures/${script}.ts`));
    const process = spawn(globalThis.process.execPath, [path, file], { stdio: ["ignore", "pipe", "pipe"] });
    t.after(() => process.kill("SIGKILL"));
    let output = "";
    for (const stream of [process.stdout, process.stderr]) {
        stream.on("data", (chunk: Buffer) => {
            output += chunk.toString();
        });
    }
    const exit = new Promise<number | NodeJS.Signals | null>((resolve) => {
        process.on("exit", (code, signal) => {
            resolve(code ?? signal);
        });
    });
    return { process, output: () => output, exit };
}

interface Lock {
    readonly holder: Process;
    readonly task?: RunningTask;
}

/** The running task, once it is halfway through its work. */
async function runningTask(experiment: Experiment, marker = "data/train/background/a.hdf5") {
    return until("the task", async () => {
        const text = await experiment.read(".aframe/locks/Fetch.json").catch(() => "{}");
        const lock = JSON.parse(text) as Partial<Lock>;
        const begun = await experiment.read(marker).catch(() => undefined);
        return begun !== undefined && lock.task ? { ...lock.task, provider: lock.holder as Process } : undefined;
    });
}

async function assertAllEnded(task: RunningTask): Promise<void> {
    await until("every process of the run to end", async () => {
        const family = await familyOf(task.child, task.run);
        const supervised = await isAlive(task.supervisor);
        return family.length === 0 && !supervised ? true : undefined;
    });
}

const halfway = ["container", "half:background/a.hdf5", "wait:600"];

async function assertConverges(experiment: Experiment): Promise<void> {
    await create(experiment.stage(both));
    assert.equal(await experiment.read("data/train/background/a.hdf5"), "strain a");
    assert.deepEqual((await readdir(experiment.root)).sort(), ["background", "segments.txt"]);
    assert.deepEqual(await readdir(experiment.file(".aframe/locks")), []);
}

test("a task and its containers end with a provider that is killed", async (t) => {
    const experiment = await Experiment.make(t);
    const provider = await start(t, "provider", experiment, experiment.stage(halfway));
    const task = await runningTask(experiment);
    assert.ok((await familyOf(task.child, task.run)).length >= 2);
    provider.process.kill("SIGKILL");
    await assertAllEnded(task);
    await assertConverges(experiment);
});

test("the next run waits for no one: it ends what a killed provider and supervisor left", async (t) => {
    const experiment = await Experiment.make(t);
    const provider = await start(t, "provider", experiment, experiment.stage(halfway));
    const task = await runningTask(experiment);
    process.kill(task.supervisor.pid, "SIGSTOP");
    provider.process.kill("SIGKILL");
    process.kill(task.supervisor.pid, "SIGKILL");
    await provider.exit;
    assert.ok(await isAlive(task.child));
    await assertConverges(experiment);
    await assertAllEnded(task);
});

test("a task ends with a supervisor that is killed, and the stage fails", async (t) => {
    const experiment = await Experiment.make(t);
    const provider = await start(t, "provider", experiment, experiment.stage(halfway));
    const task = await runningTask(experiment);
    process.kill(task.supervisor.pid, "SIGKILL");
    assert.equal(await provider.exit, 1);
    assert.match(provider.output(), /the supervisor of the task was ended by SIGKILL/);
    await assertAllEnded(task);
    await assertConverges(experiment);
});

test("provider and task end with an engine that is killed", async (t) => {
    const experiment = await Experiment.make(t);
    const engine = await start(t, "engine", experiment, experiment.stage(halfway));
    const task = await runningTask(experiment);
    engine.process.kill("SIGKILL");
    await assertAllEnded(task);
    await until("the provider to end", async () => ((await isAlive(task.provider)) ? undefined : true));
    await assertConverges(experiment);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    test(`a provider that gets ${signal} stops its task and says so`, async (t) => {
        const experiment = await Experiment.make(t);
        const provider = await start(t, "provider", experiment, experiment.stage(halfway));
        const task = await runningTask(experiment);
        provider.process.kill(signal);
        assert.notEqual(await provider.exit, 0);
        assert.match(provider.output(), new RegExp(`Fetch was stopped by ${signal}; the next up goes on from here`));
        await assertAllEnded(task);
        await assertConverges(experiment);
    });
}

test("what a task leaves running behind itself ends with it", async (t) => {
    const experiment = await Experiment.make(t);
    await create(experiment.stage(["container", ...both]));
    const pid = Number(await experiment.read("data/container.pid"));
    assert.equal(await processOf(pid), undefined);
});

test("a stage that another process runs is not run a second time, and can be stopped by name of its experiment", async (t) => {
    const experiment = await Experiment.make(t);
    const provider = await start(t, "provider", experiment, experiment.stage(halfway));
    await runningTask(experiment);
    const message = new RegExp(`Fetch is being run by process ${provider.process.pid ?? 0} since`);
    await assert.rejects(create(experiment.stage(both)), message);
    assert.deepEqual(await stopStages(experiment.directory), ["Fetch"]);
    await provider.exit;
    assert.match(provider.output(), /stopped by SIGINT/);
    assert.deepEqual(await stopStages(experiment.directory), []);
});

test("a provider killed at any moment leaves a state from which the next run finishes", async (t) => {
    const words = [
        ...["half:background/a.hdf5", "wait:0.1", "half:background/b.hdf5", "wait:0.1"],
        ...["make:background/c.hdf5=strain c", "wait:0.1", "make:segments.txt=1"],
    ];
    for (const delayMs of [60, 200, 350, 450, 550, 700]) {
        const experiment = await Experiment.make(t);
        const provider = await start(t, "provider", experiment, experiment.stage(words));
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        provider.process.kill("SIGKILL");
        await provider.exit;
        const stage = experiment.stage([...both, "make:background/c.hdf5=strain c"]);
        const { outs } = await create({ ...stage, settings: { edited: "1" } });
        assert.deepEqual((await readdir(experiment.file("data/train/background"))).sort(), ["a.hdf5", "c.hdf5"]);
        assert.equal(await experiment.read("data/train/background/a.hdf5"), "strain a");
        assert.equal(outs.files, 3);
    }
});

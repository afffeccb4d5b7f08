// One run of a stage at a time, and no leftover of a killed one beside it.
import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { replaceFile } from "../../files/replaceFile.ts";
import { lockFile } from "./paths.ts";
import type { RunningTask } from "./process.ts";
import { isAlive, type Process, processOf, terminate } from "./processTree.ts";

export interface Lock {
    readonly host: string;
    readonly holder: Process;
    /** ISO 8601. */
    readonly since: string;
    readonly task?: RunningTask;
}

export interface StageLock {
    /** Writes down what to end if this process should be killed. */
    readonly setTask: (task: RunningTask) => Promise<void>;
    readonly release: () => Promise<void>;
}

export async function readLock(file: string): Promise<Lock | undefined> {
    try {
        return JSON.parse(await readFile(file, "utf8")) as Lock;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        // No lock of ours: those are made whole.
        return { host: hostname(), holder: { pid: 0, started: "" }, since: "" };
    }
}

/** Takes the lock; fails while a living process holds it; ends what a dead holder left running. */
export async function lockStage(directory: string, stage: string, graceMs = 5000): Promise<StageLock> {
    const file = lockFile(directory, stage);
    await mkdir(path.dirname(file), { recursive: true });
    const holder = (await processOf(process.pid)) ?? { pid: process.pid, started: "" };
    const lock: Lock = { host: hostname(), holder, since: new Date().toISOString() };
    while (!(await place(file, JSON.stringify(lock)))) {
        await clearStale(file, stage, graceMs);
    }
    return {
        setTask: (task) => replaceFile(file, JSON.stringify({ ...lock, task })),
        release: () => rm(file, { force: true }),
    };
}

/** Makes the file with all its text at once, since a lock that is seen empty holds nobody off; false when it is there. */
async function place(file: string, text: string): Promise<boolean> {
    const draft = `${file}.${randomUUID()}`;
    try {
        await writeFile(draft, text);
        await link(draft, file);
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
            throw error;
        }
        return false;
    } finally {
        await rm(draft, { force: true });
    }
}

async function clearStale(file: string, stage: string, graceMs: number): Promise<void> {
    const lock = await readLock(file);
    if (!lock) {
        return;
    }
    if (lock.host !== hostname()) {
        throw new Error(
            `${stage} has been locked by process ${lock.holder.pid} on ${lock.host} since ${lock.since}; ` +
                `if that machine no longer runs it, delete ${file}`,
        );
    }
    if (await isAlive(lock.holder)) {
        throw new Error(`${stage} is being run by process ${lock.holder.pid} since ${lock.since}`);
    }
    if (lock.task) {
        const { child, run } = lock.task;
        await terminate(child, run, graceMs);
    }
    await rm(file, { force: true });
}

/** Asks the processes that run stages of an experiment to stop them; returns the names of those stages. */
export async function stopStages(directory: string): Promise<string[]> {
    const folder = path.dirname(lockFile(directory, "any"));
    const files = await readdir(folder).catch(() => []);
    const stages: string[] = [];
    const holders = new Set<number>();
    for (const name of files.filter((file) => file.endsWith(".json"))) {
        const lock = await readLock(path.join(folder, name));
        if (lock?.host === hostname() && (await isAlive(lock.holder))) {
            stages.push(path.basename(name, ".json"));
            holders.add(lock.holder.pid);
        }
    }
    for (const pid of holders) {
        process.kill(pid, "SIGINT");
    }
    return stages;
}

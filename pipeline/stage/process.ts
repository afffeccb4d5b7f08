// Runs a task under its supervisor, line by line.
import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Process, processOf, terminate } from "./processTree.ts";
import type { SupervisorMessage } from "./supervise.ts";

export interface RunningTask {
    /** Every process of the run carries it in its environment. */
    readonly run: string;
    readonly supervisor: Process;
    readonly child: Process;
}

export interface TaskOptions {
    readonly command: readonly string[];
    readonly cwd: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly onLine: (line: string) => void;
    readonly onStarted?: (task: RunningTask) => Promise<void>;
    readonly signal?: AbortSignal;
    /** Between SIGINT, SIGTERM and SIGKILL. @default 5000 */
    readonly graceMs?: number;
}

export interface TaskResult {
    readonly exitCode: number | null;
    readonly signal: NodeJS.Signals | null;
}

/** How long output may still arrive after the task has ended. */
const drainMs = 2000;

/** Resolves when the task and all it started have ended; rejects when it could not be started. */
export async function runTask(options: TaskOptions): Promise<TaskResult> {
    const { command, signal, graceMs = 5000 } = options;
    signal?.throwIfAborted();
    const run = randomUUID();
    const supervisor = fork(fileURLToPath(import.meta.resolve("./supervise.ts")), [run, String(graceMs), ...command], {
        cwd: options.cwd,
        env: { ...options.environment },
        // Flags of this process, such as a debugger's, are not the supervisor's.
        execArgv: [],
        detached: true,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const drained = Promise.all([readLines(supervisor.stdout, options), readLines(supervisor.stderr, options)]);
    const stop = () => supervisor.connected && supervisor.send("stop");
    signal?.addEventListener("abort", stop, { once: true });
    try {
        return await outcome(supervisor, run, graceMs, options);
    } finally {
        signal?.removeEventListener("abort", stop);
        if (supervisor.connected) {
            supervisor.disconnect();
        }
        await Promise.race([drained, sleep(drainMs, undefined, { ref: false })]);
    }
}

async function readLines(stream: Readable | null, options: TaskOptions): Promise<void> {
    if (stream) {
        for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
            options.onLine(line);
        }
    }
}

function outcome(supervisor: ChildProcess, run: string, graceMs: number, options: TaskOptions): Promise<TaskResult> {
    return new Promise((resolve, reject) => {
        let child: Process | undefined;
        supervisor.on("message", (message: SupervisorMessage) => {
            if (message.type === "failed") {
                const [file = ""] = options.command;
                reject(new Error(message.code === "ENOENT" ? `there is no command ${file}` : message.message));
            } else if (message.type === "started") {
                child = { pid: message.pid, started: message.started };
                started(supervisor, run, child, options).catch(reject);
            } else {
                resolve({ exitCode: message.code, signal: message.signal });
            }
        });
        supervisor.on("error", reject);
        supervisor.on("exit", (code, signal) => {
            // It ended without a word, so nobody else will end the task.
            const ended = child ? terminate(child, run, graceMs) : Promise.resolve();
            void ended.then(() => {
                reject(new Error(`the supervisor of the task was ended by ${signal ?? `exit code ${code ?? "?"}`}`));
            });
        });
    });
}

async function started(supervisor: ChildProcess, run: string, child: Process, options: TaskOptions): Promise<void> {
    const found = await processOf(supervisor.pid ?? 0);
    if (found) {
        await options.onStarted?.({ run, supervisor: found, child });
    }
}

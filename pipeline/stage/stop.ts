// Stops running stages on a signal, and when the engine is gone: its own cancel call never reaches us.
import { readFile } from "node:fs/promises";
import { isAlive, type Process, parentOf, processOf } from "./processTree.ts";

/** Why a stage ended early. */
export class StoppedError extends Error {
    override readonly name = "StoppedError";
}

const running = new Set<AbortController>();
let watching = false;

/** Runs something that ends early when this process is asked to stop, or nobody is left to tell the result to. */
export async function stoppable<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    watch();
    const controller = new AbortController();
    running.add(controller);
    try {
        return await run(controller.signal);
    } finally {
        running.delete(controller);
    }
}

function stopAll(reason: string): void {
    for (const controller of running) {
        controller.abort(new StoppedError(reason));
    }
}

function watch(): void {
    if (watching) {
        return;
    }
    watching = true;
    for (const [signal, number] of [
        ["SIGHUP", 1],
        ["SIGINT", 2],
        ["SIGTERM", 15],
    ] as const) {
        process.on(signal, (received?: NodeJS.Signals) => {
            const idle = running.size === 0;
            stopAll(`stopped by ${signal}`);
            // An engine that only passes on a Ctrl-C emits the event: it still wants our answers. A signal that was
            // really sent ends this process, SIGINT only when there is nothing left to answer.
            if (received !== undefined && (idle || signal !== "SIGINT")) {
                exitWhenIdle(128 + number);
            }
        });
    }
    void watchEngine();
}

function exitWhenIdle(code: number): void {
    setInterval(() => {
        if (running.size === 0) {
            process.exit(code);
        }
    }, 50);
}

/** Polls, since a process is not told about the death of its parent. */
async function watchEngine(): Promise<void> {
    const engine = await findEngine();
    if (!engine) {
        return;
    }
    const timer = setInterval(() => {
        void isAlive(engine).then((alive) => {
            if (!alive) {
                clearInterval(timer);
                stopAll("stopped since the engine is gone");
                exitWhenIdle(1);
            }
        });
    }, 500);
    timer.unref();
}

/** The parent, or the one above it where Pulumi starts plugins through a shell script. */
async function findEngine(): Promise<Process | undefined> {
    let pid = process.ppid;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes("pulumi-resource-")) {
        pid = (await parentOf(pid)) ?? pid;
    }
    // A parent of 1 means that the engine was gone before we looked, or runs as the first process of a container.
    return pid > 1 ? processOf(pid) : undefined;
}

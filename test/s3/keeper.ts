// Runs a server's programs for as long as whoever started it lives: its end, even by SIGKILL, closes our input.
// The argument is a `Plan` in JSON. No program and no file of the plan's folder outlives this process.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";

export interface Step {
    readonly command: string;
    readonly args: readonly string[];
    /** Stays up; the others run to their end before the next step begins. */
    readonly stays?: true;
}

export interface Plan {
    /** Removed at the end. */
    readonly folder: string;
    readonly steps: readonly Step[];
}

const { folder, steps } = JSON.parse(process.argv[2] ?? "") as Plan;
const running = new Set<ChildProcess>();

function end(complaint?: string): never {
    for (const child of running) {
        child.kill("SIGKILL");
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    if (complaint !== undefined) {
        console.error(complaint);
    }
    process.exit(complaint === undefined ? 0 : 1);
}

function start({ command, args }: Step): ChildProcess {
    const name = path.basename(command);
    const file = path.join(folder, `${name}.log`);
    const log = openSync(file, "a");
    // Should this process be killed itself, the kernel ends its children.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", command, ...args], { stdio: ["ignore", log, log] });
    running.add(child);
    child.once("error", (error) => end(`${name}: ${error.message}`));
    child.once("exit", (code, signal) => {
        running.delete(child);
        if (code !== 0) {
            const lines = readFileSync(file, "utf8").trim().split("\n").slice(-10);
            end([`${name} ended: ${signal ?? `exit code ${code}`}`, ...lines].join("\n"));
        }
    });
    return child;
}

process.stdin.on("end", () => end()).resume();
for (const step of steps) {
    const child = start(step);
    if (step.stays === undefined) {
        await once(child, "exit");
    }
}

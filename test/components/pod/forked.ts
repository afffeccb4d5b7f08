// Many runs of the pod's scripts in a row, each a process of its own; see forked.py.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { type Outcome, python, scripts } from "./scripts.ts";

export interface Run {
    readonly code: string;
    readonly environment: Readonly<Record<string, string>>;
    /** Seconds until it is killed. @default never */
    readonly kill?: number;
}

/** One run at a time; a negative exit code is the signal that ended it. */
export type Runs = (run: Run) => Promise<Outcome>;

/** @param folder - for what the runs say */
export function startRuns(folder: string): Runs {
    const child = spawn(python, [path.join(import.meta.dirname, "forked.py"), scripts], {
        stdio: ["pipe", "pipe", "inherit"],
    });
    after(() => child.kill("SIGKILL"));
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const output = path.join(folder, `output-${child.pid}`);
    return async ({ code, environment, kill = null }) => {
        child.stdin.write(`${JSON.stringify({ code, environment, output, kill })}\n`);
        const { value } = await answers.next();
        assert.notEqual(value, undefined, "the runner of scripts has ended");
        return { code: Number(value), output: await readFile(output, "utf8").catch(() => "") };
    };
}

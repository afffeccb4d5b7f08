// One run of a stage's law task: its environment, its log, and what a failure says.
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import prettyMs from "pretty-ms";
import { type Say, thinned } from "./console.ts";
import type { StageLock } from "./lock.ts";
import { logFile, workingFolder } from "./paths.ts";
import { runTask } from "./process.ts";
import { redactor } from "./redact.ts";
import { openLog } from "./stageLog.ts";
import type { StageInputs } from "./state.ts";

/** Of this process's environment, tasks see everything but what would configure law or reveal the stack's secrets. */
const hidden = /^(AFRAME|LAW|LUIGI|PULUMI)_/;

/** law keeps parts there that it takes for finished ones, so each stage has a folder of its own. */
export function scratchFolder({ environment, stage }: StageInputs): string | undefined {
    const { AFRAME_TMPDIR } = environment;
    return AFRAME_TMPDIR ? path.join(AFRAME_TMPDIR, stage) : undefined;
}

/** What tasks inherit of an environment. */
export function inheritedEnvironment(environment: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
    const inherited = Object.entries(environment).filter(([name]) => !hidden.test(name)) as [string, string][];
    return Object.fromEntries(inherited);
}

export function taskEnvironment(inputs: StageInputs): Record<string, string> {
    const scratch = scratchFolder(inputs);
    return {
        ...inheritedEnvironment(process.env),
        // Python would keep lines back until a block is full.
        PYTHONUNBUFFERED: "1",
        ...inputs.environment,
        ...inputs.secretEnvironment,
        ...(scratch !== undefined && { AFRAME_TMPDIR: scratch }),
    };
}

function secretsOf(inputs: StageInputs): string[] {
    return [...Object.values(inputs.secretEnvironment ?? {}), inputs.s3?.secretAccessKey ?? ""];
}

/** Resolves when the task ended with exit code 0; every other end is an error with the last lines and the log. */
export async function runStageTask(
    inputs: StageInputs,
    lock: StageLock,
    signal: AbortSignal,
    say: Say,
): Promise<{ seconds: number }> {
    const scratch = scratchFolder(inputs);
    if (scratch !== undefined) {
        await rm(scratch, { recursive: true, force: true });
        await mkdir(scratch, { recursive: true });
    }
    const cwd = workingFolder(inputs.directory);
    await mkdir(cwd, { recursive: true });
    const redact = redactor(secretsOf(inputs));
    const log = await openLog(logFile(inputs.directory, inputs.stage), redact(inputs.command.join(" ")));
    const show = thinned(say);
    const timeout = inputs.timeoutSeconds === undefined ? undefined : AbortSignal.timeout(inputs.timeoutSeconds * 1000);
    const start = performance.now();
    const passed = () => (performance.now() - start) / 1000;
    try {
        const { exitCode, signal: killedBy } = await runTask({
            command: inputs.command,
            cwd,
            environment: taskEnvironment(inputs),
            onLine: (line) => {
                const safe = redact(line);
                log.add(safe);
                show(safe);
            },
            onStarted: lock.setTask,
            signal: timeout ? AbortSignal.any([signal, timeout]) : signal,
        });
        const took = prettyMs(passed() * 1000, { secondsDecimalDigits: 0 });
        signal.throwIfAborted();
        if (timeout?.aborted) {
            throw failure(inputs, `was stopped after ${took}, its limit`, log.tail(), log.file);
        }
        if (exitCode !== 0) {
            const end = killedBy ? `was killed by ${killedBy}` : `failed with exit code ${exitCode ?? "?"}`;
            throw failure(inputs, `${end} after ${took}`, log.tail(), log.file);
        }
        return { seconds: passed() };
    } catch (error) {
        log.add(`--- ${redact((error as Error).message.split("\n", 1)[0] ?? "")}`);
        throw error;
    } finally {
        await log.close();
        if (scratch !== undefined) {
            await rm(scratch, { recursive: true, force: true });
        }
    }
}

export function failure(inputs: StageInputs, what: string, tail: readonly string[], file: string): Error {
    const lines = tail.map((line) => `    ${line}`);
    return new Error([`${inputs.stage} ${what}; the whole log is ${file}`, ...lines].join("\n"));
}

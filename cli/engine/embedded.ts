// Runs an operation with the embedded engine and shows its progress.
import path from "node:path";
import type { OperationResult } from "../../embedded/engine/events.ts";
import type { EngineOptions } from "../../embedded/engine/index.ts";
import type { Context } from "../commandLine.ts";
import { colorsFor, createDisplay, type Display } from "../display/display.ts";
import { renderSummary } from "../display/summary.ts";
import { exitCodes } from "../errors.ts";
import type { Stack } from "../project.ts";
import { StackFile } from "../stackFile.ts";
import { embeddedBackend } from "./backend.ts";
import { onInterrupt } from "./interrupt.ts";
import { findPassphrase } from "./passphrase.ts";
import type { Scope } from "./scope.ts";
import { stagesBefore } from "./stages.ts";

export type Verb = "up" | "preview" | "refresh" | "destroy";

/**
 * What the engine needs whatever it does.
 * @param seals - secrets may be sealed, so the passphrase has to be there afterwards
 */
export async function engineSettings(
    stack: Stack,
    context: Context,
    seals: boolean,
): Promise<Omit<EngineOptions, "onEvent" | "signal">> {
    const { checkout } = context;
    const plugin = (name: string) => [process.execPath, path.join(checkout, "embedded", "providers", name, "main.ts")];
    return {
        projectDirectory: checkout,
        stack: stack.name,
        stackFile: stack.file,
        backend: embeddedBackend(context),
        passphrase: (await findPassphrase(await StackFile.read(stack.file), context, seals)).text,
        providers: { kubernetes: plugin("kubernetes"), aws: plugin("aws") },
    };
}

export interface Run {
    readonly verb: Verb;
    readonly scope: Scope;
}

/** Runs one operation to its end, with table and summary on the terminal. */
export async function runEmbedded(
    { verb, diff, scope }: Run & { readonly diff: boolean },
    stack: Stack,
    context: Context,
): Promise<OperationResult> {
    const planning = verb === "preview";
    const stages = planning || verb === "up" ? await stagesBefore(stack, context) : undefined;
    const display = createDisplay({ planning, diff, stages }, context);
    const result = await operateShowing(display, { verb, scope }, stack, context);
    context.stdout.write(`${renderSummary(result, planning, colorsFor(context))}\n`);
    return result;
}

/** Ctrl-C stops it in order. */
export async function operateShowing(
    display: Display,
    { verb, scope }: Run,
    stack: Stack,
    context: Context,
): Promise<OperationResult> {
    const settings = await engineSettings(stack, context, verb !== "preview");
    const engine = await import("../../embedded/engine/index.ts");
    const interrupt = onInterrupt((line) => {
        display.note(line);
    });
    const running = engine[verb]({
        ...settings,
        ...scope,
        signal: interrupt.signal,
        onEvent: (event) => {
            display.handle(event);
        },
    });
    return running.finally(() => {
        display.finish();
        interrupt.release();
    });
}

export function exitCodeOf({ outcome }: Pick<OperationResult, "outcome">): number {
    return { succeeded: exitCodes.done, failed: exitCodes.failed, cancelled: exitCodes.interrupted }[outcome];
}

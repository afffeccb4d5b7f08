// The embedded engine: runs a Pulumi program with the SDK's own host and plugins, without the Pulumi CLI.
import { masked, type PropertyMap, reveal } from "../state/propertyValues.ts";
import type { Kind } from "./course.ts";
import type { OperationResult } from "./events.ts";
import { type EngineOptions, outputsOf, Run } from "./run.ts";
import { Stack, type StackLocation } from "./stack.ts";

export { exportDeployment, importDeployment } from "./deployment.ts";
export type { ChangeCounts, EngineEvent, OperationResult, PropertyDiff, Severity, Step, StepOp } from "./events.ts";
export type { EngineOptions } from "./run.ts";
export type { Choice } from "./selection.ts";

async function run(kind: Kind, options: EngineOptions): Promise<OperationResult> {
    if (kind === "preview") {
        return new Run(kind, options, await Stack.open(options)).perform();
    }
    const unlock = await (await Stack.open(options)).backend.lock();
    try {
        // Read again under the lock: another operation may have ended in between.
        return await new Run(kind, options, await Stack.open(options)).perform();
    } finally {
        await unlock();
    }
}

/** Brings the stack to what the program asks for. */
export const up = (options: EngineOptions): Promise<OperationResult> => run("up", options);
/** Tells what `up` would do. Nothing is changed, neither real resources nor files. */
export const preview = (options: EngineOptions): Promise<OperationResult> => run("preview", options);
/** Takes into the state what the real resources are like. */
export const refresh = (options: EngineOptions): Promise<OperationResult> => run("refresh", options);
/** Deletes everything in the stack. The program is not run. */
export const destroy = (options: EngineOptions): Promise<OperationResult> => run("destroy", options);

/** The outputs of the stack as the last update left them. */
export async function outputs(
    location: StackLocation,
    options: { readonly showSecrets: boolean },
): Promise<Record<string, unknown>> {
    const stack = await Stack.open(location);
    if (!stack.exists) {
        throw new Error(`stack ${location.stack} has no state yet: run up first`);
    }
    const values = outputsOf(await stack.snapshot());
    return { ...((options.showSecrets ? reveal(values) : masked(values)) as PropertyMap) };
}

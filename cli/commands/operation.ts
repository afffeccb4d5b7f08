// What the operations on a stack share: engine, checks before the program runs, confirmation, exit code.
import type { OperationResult } from "../../embedded/engine/events.ts";
import { examinedVariable } from "../../preview/examine.ts";
import type { Context } from "../commandLine.ts";
import { colorsFor } from "../display/display.ts";
import { chooseEngine, type EngineChoice } from "../engine/choose.ts";
import { listContents } from "../engine/contents.ts";
import { exitCodeOf, runEmbedded, type Verb } from "../engine/embedded.ts";
import { type Scope, scopeArguments } from "../engine/scope.ts";
import { exitCodes, UsageError } from "../errors.ts";
import { examineStack, tellExamination } from "../examination.ts";
import { findStack, type Stack } from "../project.ts";
import { canAsk, confirm } from "../prompt.ts";
import { tellDestroy, tellDropped } from "../purges.ts";
import { renderChange, StackFile } from "../stackFile.ts";

export const stackOption = {
    type: "string",
    hint: "NAME",
    description: "the experiment (default: AFRAME_STACK, or the only one there is)",
    completes: "stacks",
} as const;

export const yesOption = { type: "boolean", short: "y", description: "do not ask" } as const;

export const diffOption = { type: "boolean", description: "show every changed property" } as const;

export interface Operation {
    readonly verb: Verb;
    readonly stack: string | undefined;
    readonly engine: string | undefined;
    readonly yes: boolean;
    readonly diff: boolean;
    /** Tell what a destroy would do, and do nothing. @default false */
    readonly preview?: boolean;
    readonly scope: Scope;
    /** Edits the stack's config first; what comes of it is kept when it is right. */
    edit?(stack: StackFile): Promise<void>;
}

/** Runs an operation with the engine that is there; resolves to the exit code. */
export async function operate(operation: Operation, context: Context): Promise<number> {
    const stack = await findStack(operation.stack, context);
    const engine = await chooseEngine(operation.engine, context);
    context.stdout.write(`engine: ${engine.description}\n`);
    const file = await StackFile.read(stack.file);
    await operation.edit?.(file);
    const runsProgram = operation.verb === "up" || operation.verb === "preview";
    if (runsProgram) {
        const exitCode = tellExamination(await examineStack(stack, file, engine, context), context);
        if (exitCode !== undefined) return exitCode;
        await tellDropped(stack, file, engine, context);
        // The program, which looks for itself when Pulumi starts it, need not do it again.
        process.env[examinedVariable] = stack.name;
    }
    await file.save();
    for (const change of file.changes) context.stdout.write(`${renderChange(change)}\n`);
    return engine.kind === "pulumi"
        ? withPulumi(operation, engine, stack, runsProgram, context)
        : withEmbedded(operation, stack, engine, context);
}

async function withPulumi(
    { verb, yes, diff, preview = false, scope }: Operation,
    engine: EngineChoice & { kind: "pulumi" },
    stack: Stack,
    createStack: boolean,
    context: Context,
): Promise<number> {
    const { runPulumi } = await import("../engine/pulumi.ts");
    // Pulumi refuses to go on without --yes when it cannot ask; run.sh is often started where it cannot.
    const unasked = verb !== "preview" && !preview && (yes || (verb !== "destroy" && !canAsk(context)));
    if (verb === "destroy" && !unasked) {
        if (!preview) requireTerminal(context);
        // Which of them a choice of resources comes to, only Pulumi knows.
        const isWhole = [...(scope.targets ?? []), ...(scope.excludes ?? [])].length === 0;
        if (isWhole) await tellDestroy(stack, await StackFile.read(stack.file), engine, context);
    }
    const flags = [...(unasked ? ["--yes"] : []), ...(preview ? ["--preview-only"] : []), ...(diff ? ["--diff"] : [])];
    const args = [verb, ...flags, ...scopeArguments(scope)];
    return runPulumi({ executable: engine.executable, stack, args, createStack }, context);
}

async function withEmbedded(
    operation: Operation,
    stack: Stack,
    engine: EngineChoice,
    context: Context,
): Promise<number> {
    const { verb, yes, preview = false } = operation;
    if (verb === "destroy" && preview) {
        const isEmpty = !(await showDestroy(operation, stack, engine, context));
        if (isEmpty) context.stdout.write("there is nothing to destroy\n");
        return exitCodes.done;
    }
    if (verb === "destroy" && !yes) requireTerminal(context);
    if ((verb === "up" || verb === "destroy") && !yes && canAsk(context)) {
        const ask = verb === "up" ? askForUpdate : askForDestroy;
        const decision = await ask(operation, stack, engine, context);
        if (decision !== undefined) return decision;
    }
    const result = await runEmbedded(operation, stack, context);
    if (verb === "destroy" && result.outcome !== "succeeded") await tellWhatIsLeft(stack, context);
    return exitCodeOf(result);
}

async function tellWhatIsLeft(stack: Stack, context: Context): Promise<void> {
    const contents = await listContents(stack, context);
    const things = contents.map(({ description }) => description);
    const lines = [`Still there, until aframe destroy --stack ${stack.name} comes to its end:`, ...things];
    if (contents.length > 0) context.stdout.write(`${lines.join("\n    ")}\n`);
}

/** Shows what would be done and asks; the exit code when it is not to be done. */
async function askForUpdate(
    operation: Operation,
    stack: Stack,
    _engine: EngineChoice,
    context: Context,
): Promise<number | undefined> {
    const plan = await runEmbedded({ ...operation, verb: "preview" }, stack, context);
    if (plan.outcome !== "succeeded") return exitCodeOf(plan);
    if (!changesAnything(plan)) return undefined;
    return askOrStop(`Do this to ${stack.name}?`, context);
}

async function askForDestroy(
    operation: Operation,
    stack: Stack,
    engine: EngineChoice,
    context: Context,
): Promise<number | undefined> {
    const isAny = await showDestroy(operation, stack, engine, context);
    return isAny ? askOrStop(`Destroy all of this?`, context) : undefined;
}

/** The program does not run for a destroy; what would go is what the state holds. @returns whether there is anything */
async function showDestroy(
    { scope }: Operation,
    stack: Stack,
    engine: EngineChoice,
    context: Context,
): Promise<boolean> {
    const contents = await listContents(stack, context, scope);
    if (contents.length === 0) return false;
    const { red } = colorsFor(context);
    context.stdout.write(contents.map(({ description }) => `${red(`- ${description}`)}\n`).join(""));
    const urns = new Set(contents.map(({ urn }) => urn));
    await tellDestroy(stack, await StackFile.read(stack.file), engine, context, urns);
    return true;
}

async function askOrStop(question: string, context: Context): Promise<number | undefined> {
    if (await confirm(question, context)) return undefined;
    context.stdout.write("nothing was done\n");
    return exitCodes.failed;
}

function changesAnything({ changes }: OperationResult): boolean {
    return Object.entries(changes).some(([op, count]) => op !== "same" && count > 0);
}

function requireTerminal(context: Context): void {
    if (!canAsk(context)) throw new UsageError("destroy asks first, and there is no terminal to ask on; give --yes");
}

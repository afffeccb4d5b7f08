// Runs an operation with the real Pulumi CLI, on the terminal as it is.
import { constants } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { stopStages } from "../../pipeline/stage/lock.ts";
import type { Context } from "../commandLine.ts";
import { FailedError } from "../errors.ts";
import type { Stack } from "../project.ts";
import { StackFile } from "../stackFile.ts";
import { backendForPulumi } from "./backend.ts";
import { findPassphrase } from "./passphrase.ts";
import type { Plan } from "./plan.ts";
import { readPulumiPreview } from "./pulumiPreview.ts";
import { type Scope, scopeArguments } from "./scope.ts";

interface PulumiRun {
    readonly executable: string;
    readonly stack: Stack;
    /** `["up", "--yes"]`; the stack and the project are added. */
    readonly args: readonly string[];
    /** The program runs, so a stack that the backend does not know yet is made first. */
    readonly createStack: boolean;
}

/** Resolves to Pulumi's own exit code. */
export async function runPulumi(run: PulumiRun, context: Context): Promise<number> {
    const environment = await pulumiEnvironment(run.stack, context);
    if (run.createStack) await createStack(run, environment, context);
    return spawnPulumi(run, run.args, environment, context);
}

export async function pulumiEnvironment(stack: Stack, context: Context): Promise<Record<string, string>> {
    const backend = await backendForPulumi(stack.name, context);
    const { file } = await findPassphrase(await StackFile.read(stack.file), context, true);
    return {
        // The program and its providers run on this checkout's Node.
        PATH: [path.join(context.checkout, "node_modules", ".bin"), context.environment.PATH].join(path.delimiter),
        // Newer SDKs add checksums that S3 servers older than them refuse or store as data.
        AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
        AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
        ...(backend !== undefined && { PULUMI_BACKEND_URL: backend }),
        ...(file !== undefined && { PULUMI_CONFIG_PASSPHRASE_FILE: file }),
    };
}

/** Makes the stack where the backend does not know it yet, as a preview on the terminal does. */
export async function previewWithPulumi(
    executable: string,
    stack: Stack,
    scope: Scope,
    context: Context,
): Promise<Plan> {
    const environment = await pulumiEnvironment(stack, context);
    await createStack({ executable, stack }, environment, context);
    const args = ["preview", "--json", ...scopeArguments(scope), "--stack", stack.name, "--cwd", context.checkout];
    const { stdout, failed } = await execa(executable, args, {
        env: environment,
        reject: false,
        stdin: "inherit",
        stderr: "inherit",
    });
    return readPulumiPreview(stdout, !failed);
}

async function createStack(
    { executable, stack }: Pick<PulumiRun, "executable" | "stack">,
    env: Record<string, string>,
    context: Context,
): Promise<void> {
    const list = await execa(executable, ["stack", "ls", "--json", "--cwd", context.checkout], {
        env,
        reject: false,
        stdin: "inherit",
        stderr: "inherit",
    });
    if (list.failed) throw new FailedError(`pulumi stack ls failed with exit code ${list.exitCode ?? "none"}`);
    const known = (JSON.parse(list.stdout) as { name: string }[]).map(({ name }) => name.split("/").at(-1));
    if (known.includes(stack.name)) return;
    const args = ["stack", "init", stack.name, "--no-select"];
    const made = await execa(executable, [...args, "--cwd", context.checkout], {
        env,
        reject: false,
        // What a program reads from standard output is the operation's.
        stdio: ["inherit", process.stderr, "inherit"],
    });
    if (made.failed) throw new FailedError(`pulumi stack init failed with exit code ${made.exitCode ?? "none"}`);
}

async function spawnPulumi(
    { executable, stack }: PulumiRun,
    args: readonly string[],
    env: Record<string, string>,
    context: Context,
): Promise<number> {
    const child = execa(executable, [...args, "--stack", stack.name, "--cwd", context.checkout], {
        env,
        reject: false,
        stdio: "inherit",
    });
    const { directory } = (await StackFile.read(stack.file)).config;
    // A Ctrl-C reaches Pulumi by itself, but not the stages: dynamic providers are never told to cancel. A signal to
    // this process alone is handed on.
    const interrupt = () => void (typeof directory === "string" && stopStages(directory));
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    process.on("SIGINT", interrupt).on("SIGTERM", forward).on("SIGHUP", forward);
    const { exitCode, signal, cause } = await child;
    process.off("SIGINT", interrupt).off("SIGTERM", forward).off("SIGHUP", forward);
    if (exitCode !== undefined) return exitCode;
    if (signal !== undefined) return 128 + constants.signals[signal];
    throw new FailedError(`cannot start ${executable}: ${cause instanceof Error ? cause.message : "unknown reason"}`);
}

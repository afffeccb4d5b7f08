// What both programs share: the process's own things as a context, help, and errors turned into exit codes.
import { homedir } from "node:os";
import path from "node:path";
import { ConfigError, describeProblem } from "../config/errors.ts";
import { type Command, type Context, parseCommandLine } from "./commandLine.ts";
import { exitCodes, FailedError, isSystemError, UsageError } from "./errors.ts";
import { renderHelp } from "./help.ts";

/** Finds the command that the arguments name, with the arguments left for it. */
type Dispatch = (
    args: readonly string[],
) => { command: Command; args: readonly string[] } | Promise<{ command: Command; args: readonly string[] }>;

export async function runProgram(dispatch: Dispatch): Promise<void> {
    const context: Context = {
        checkout: path.dirname(import.meta.dirname),
        environment: process.env,
        currentDirectory: process.cwd(),
        home: homedir(),
        stdin: process.stdin,
        stdout: process.stdout,
        stderr: process.stderr,
    };
    // A reader that goes away, as in `aframe config show | head`, or a terminal that is closed: what runs goes on.
    for (const stream of [process.stdout, process.stderr]) {
        stream.on("error", (error: NodeJS.ErrnoException) => {
            if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
        });
    }
    process.exitCode = await runCommand(dispatch, process.argv.slice(2), context);
}

async function runCommand(dispatch: Dispatch, argv: readonly string[], context: Context): Promise<number> {
    try {
        const { command, args } = await dispatch(argv);
        if (args.includes("--help") || args.includes("-h")) {
            context.stdout.write(renderHelp(command));
            return exitCodes.done;
        }
        const { values, positionals } = parseCommandLine(command, args);
        return await command.run(values, positionals, context);
    } catch (error) {
        return reportError(error, context.stderr);
    }
}

/** Says what went wrong; errors that are for people come without a stack. */
function reportError(error: unknown, stderr: NodeJS.WriteStream): number {
    if (error instanceof ConfigError) {
        for (const problem of error.problems) stderr.write(`error: ${describeProblem(problem)}\n`);
        return exitCodes.usage;
    }
    if (error instanceof UsageError) {
        stderr.write(`error: ${error.message}\n`);
        return exitCodes.usage;
    }
    if (error instanceof Error && error.name === "AbortError") {
        stderr.write("stopped\n");
        return exitCodes.interrupted;
    }
    // A plain Error is something that was said on purpose; a TypeError and its like are mistakes of ours.
    if (error instanceof FailedError || isSystemError(error) || (error instanceof Error && error.name === "Error")) {
        stderr.write(`error: ${error.message}\n`);
        return exitCodes.failed;
    }
    stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCodes.failed;
}

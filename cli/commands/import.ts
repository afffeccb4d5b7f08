// `aframe import`: puts an exported state in the place of an experiment's own.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { text as readAll } from "node:stream/consumers";
import { type Context, defineCommand } from "../commandLine.ts";
import { chooseEngine, engineOption } from "../engine/choose.ts";
import { engineSettings } from "../engine/embedded.ts";
import { exitCodes, UsageError } from "../errors.ts";
import { findStack, type Stack } from "../project.ts";
import { stackOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe import",
    summary: "put an exported state in the place of an experiment's own, as `pulumi stack import` does",
    details: `
It is read from standard input without --file, and refused when it does not hold together or is of another stack. What it
replaces is kept in .pulumi/backups. Secrets are encrypted with the passphrase of this experiment; those of an export
without --show-secrets must have been so before.`,
    positionals: [],
    options: {
        stack: stackOption,
        file: { type: "string", hint: "FILE", description: "what `aframe export` or `pulumi stack export` wrote" },
        force: { type: "boolean", short: "f", description: "take resources of another stack all the same" },
        engine: engineOption,
    },
    run: async (options, _positionals, context) => {
        const stack = await findStack(options.stack, context);
        if (options.file === undefined && context.stdin.isTTY) {
            throw new UsageError("there is nothing on standard input; give --file FILE");
        }
        const engine = await chooseEngine(options.engine, context);
        context.stdout.write(`engine: ${engine.description}\n`);
        const file = options.file === undefined ? undefined : path.resolve(context.currentDirectory, options.file);
        if (engine.kind === "embedded") return importState(stack, file, options.force, context);
        const { runPulumi } = await import("../engine/pulumi.ts");
        const args = [
            ...["stack", "import"],
            ...(file === undefined ? [] : ["--file", file]),
            ...(options.force ? ["--force"] : []),
        ];
        return runPulumi({ executable: engine.executable, stack, args, createStack: true }, context);
    },
});

async function importState(stack: Stack, file: string | undefined, force: boolean, context: Context): Promise<number> {
    const text = file === undefined ? await readAll(context.stdin) : await readFile(file, "utf8");
    const { importDeployment } = await import("../../embedded/engine/deployment.ts");
    const settings = await engineSettings(stack, context, true);
    const source = file ?? "standard input";
    for (const warning of await importDeployment(settings, text, source, { force })) {
        context.stderr.write(`warning: ${warning}\n`);
    }
    context.stdout.write(`the state of ${stack.name} is that of ${source} now\n`);
    return exitCodes.done;
}

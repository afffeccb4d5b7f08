// `aframe output`: what the last up left as outputs.

import { didYouMean } from "../../config/similar.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { renderOutput } from "../display/summary.ts";
import { chooseEngine, engineOption } from "../engine/choose.ts";
import { engineSettings } from "../engine/embedded.ts";
import { exitCodes, UsageError } from "../errors.ts";
import { findStack, type Stack } from "../project.ts";
import { stackOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe output",
    summary: "print an experiment's outputs, or one of them",
    positionals: [{ name: "NAME", description: "the output to print; all without it", required: false }],
    options: {
        stack: stackOption,
        json: { type: "boolean", short: "j", description: "as JSON" },
        "show-secrets": { type: "boolean", description: "secret outputs in clear" },
        engine: engineOption,
    },
    run: async (options, [name], context) => {
        const stack = await findStack(options.stack, context);
        const engine = await chooseEngine(options.engine, context);
        // The outputs alone are on stdout, for programs that read them.
        context.stderr.write(`engine: ${engine.description}\n`);
        if (engine.kind === "embedded") return printOutputs(stack, name, options, context);
        const { runPulumi } = await import("../engine/pulumi.ts");
        const args = [
            ...["stack", "output", ...(name === undefined ? [] : [name])],
            ...(options.json ? ["--json"] : []),
            ...(options["show-secrets"] ? ["--show-secrets"] : []),
        ];
        return runPulumi({ executable: engine.executable, stack, args, createStack: false }, context);
    },
});

async function printOutputs(
    stack: Stack,
    name: string | undefined,
    options: { readonly json: boolean; readonly "show-secrets": boolean },
    context: Context,
): Promise<number> {
    const { outputs } = await import("../../embedded/engine/index.ts");
    const all = await outputs(await engineSettings(stack, context, false), { showSecrets: options["show-secrets"] });
    if (name !== undefined && !Object.hasOwn(all, name)) {
        const names = Object.keys(all);
        const hint = didYouMean(name, names) ?? `there are ${names.join(", ") || "none"}`;
        throw new UsageError(`${stack.name} has no output "${name}" (${hint})`);
    }
    const wanted = name === undefined ? all : all[name];
    if (options.json || (name !== undefined && typeof wanted !== "string")) {
        context.stdout.write(`${JSON.stringify(wanted, undefined, 2)}\n`);
    } else if (name !== undefined) {
        context.stdout.write(`${String(wanted)}\n`);
    } else {
        for (const [key, value] of Object.entries(all))
            context.stdout.write(`${renderOutput(key, value).join("\n")}\n`);
    }
    return exitCodes.done;
}

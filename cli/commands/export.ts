// `aframe export`: an experiment's state as JSON, to keep it, to look into it, or to mend it by hand.
import path from "node:path";
import { replaceFile } from "../../files/replaceFile.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { chooseEngine, engineOption } from "../engine/choose.ts";
import { engineSettings } from "../engine/embedded.ts";
import { exitCodes } from "../errors.ts";
import { findStack, type Stack } from "../project.ts";
import { stackOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe export",
    summary: "print an experiment's state as JSON, as `pulumi stack export` does",
    details: `
Secrets stay encrypted. With --show-secrets they are in clear, so that the experiment can be taken in by \`aframe import\`
or \`pulumi stack import\` where its passphrase is not known; keep such a file to yourself, and delete it.`,
    positionals: [],
    options: {
        stack: stackOption,
        file: { type: "string", hint: "FILE", description: "write it there, readable by you alone" },
        "show-secrets": { type: "boolean", description: "secrets in clear" },
        engine: engineOption,
    },
    run: async (options, _positionals, context) => {
        const stack = await findStack(options.stack, context);
        const engine = await chooseEngine(options.engine, context);
        // The state alone is on stdout, for programs that read it.
        context.stderr.write(`engine: ${engine.description}\n`);
        const file = options.file === undefined ? undefined : path.resolve(context.currentDirectory, options.file);
        const showSecrets = options["show-secrets"];
        if (engine.kind === "embedded") return exportState(stack, file, showSecrets, context);
        const { runPulumi } = await import("../engine/pulumi.ts");
        const args = [
            ...["stack", "export"],
            ...(file === undefined ? [] : ["--file", file]),
            ...(showSecrets ? ["--show-secrets"] : []),
        ];
        return runPulumi({ executable: engine.executable, stack, args, createStack: false }, context);
    },
});

async function exportState(
    stack: Stack,
    file: string | undefined,
    showSecrets: boolean,
    context: Context,
): Promise<number> {
    const { exportDeployment } = await import("../../embedded/engine/deployment.ts");
    const text = await exportDeployment(await engineSettings(stack, context, false), { showSecrets });
    if (file === undefined) {
        context.stdout.write(text);
    } else {
        await replaceFile(file, text, 0o600);
        context.stderr.write(`the state of ${stack.name} is in ${file}\n`);
    }
    return exitCodes.done;
}

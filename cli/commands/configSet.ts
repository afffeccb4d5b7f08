// `aframe config set --secret`: writes a secret into an experiment's stack file, encrypted as Pulumi does it.
import path from "node:path";
import { text as readAll } from "node:stream/consumers";
import { didYouMean } from "../../config/similar.ts";
import { stackConfigKeys } from "../../config/stack.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { chooseEngine, engineOption } from "../engine/choose.ts";
import { engineSettings } from "../engine/embedded.ts";
import { exitCodes, UsageError } from "../errors.ts";
import { findStack, projectName, type Stack } from "../project.ts";
import { askSecret } from "../prompt.ts";
import { StackFile } from "../stackFile.ts";
import { stackOption } from "./operation.ts";

const secretKeys: readonly string[] = stackConfigKeys.filter((key) => "secret" in key).map(({ name }) => name);

export const command = defineCommand({
    name: "aframe config set",
    summary: "write a secret into an experiment's stack file, encrypted",
    details: `
The value is asked for, or read from standard input, and never taken from the command line:

  aframe config set --secret wandbApiKey < key.txt

Other values are set in stacks/Pulumi.NAME.yaml with an editor.`,
    positionals: [{ name: "KEY", description: secretKeys.join(", "), required: true, completes: secretKeys }],
    options: {
        stack: stackOption,
        secret: { type: "boolean", description: "encrypt it (required)" },
        engine: engineOption,
    },
    takesSecret: true,
    run: async (options, [given = ""], context) => {
        const key = checkKey(given);
        const stack = await findStack(options.stack, context);
        if (!options.secret) throw new UsageError(`${key} is a secret; give --secret`);
        const engine = await chooseEngine(options.engine, context);
        context.stdout.write(`engine: ${engine.description}\n`);
        if (engine.kind === "embedded") return setSecret(stack, key, context);
        // Its backend may keep the keys to secrets elsewhere than in a passphrase.
        const { runPulumi } = await import("../engine/pulumi.ts");
        const args = ["config", "set", "--secret", `${projectName}:${key}`];
        return runPulumi({ executable: engine.executable, stack, args, createStack: true }, context);
    },
});

function checkKey(given: string): string {
    const key = given.replace(`${projectName}:`, "");
    if (secretKeys.includes(key)) return key;
    if (stackConfigKeys.some(({ name }) => name === key)) {
        throw new UsageError(`${projectName}:${key} is no secret; set it in the stack file with an editor`);
    }
    const hint = didYouMean(key, secretKeys) ?? `allowed: ${secretKeys.join(", ")}`;
    throw new UsageError(`KEY is no secret that an experiment knows (${hint})`);
}

async function setSecret(stack: Stack, key: string, context: Context): Promise<number> {
    const value = await readSecret(key, context);
    const { Stack: StoredStack } = await import("../../embedded/engine/stack.ts");
    const crypter = await (await StoredStack.open(await engineSettings(stack, context, true))).unlock();
    const file = await StackFile.read(stack.file);
    file.setSealed(key, crypter.encrypt(value), crypter.salt);
    await file.save();
    const name = path.relative(context.checkout, stack.file);
    context.stdout.write(`${projectName}:${key} is in ${name} now, encrypted\n`);
    return exitCodes.done;
}

/** Without the line break at its end; no key has another one or a blank in it. */
async function readSecret(key: string, context: Context): Promise<string> {
    const text = context.stdin.isTTY ? await askSecret(`${key}: `, context) : await readAll(context.stdin);
    const value = text.trim();
    if (value === "") throw new UsageError(`the value of ${key} is empty; nothing was written`);
    if (/[\s\p{Cc}]/u.test(value)) {
        throw new UsageError(`the value of ${key} holds a blank or a line break; nothing was written`);
    }
    return value;
}

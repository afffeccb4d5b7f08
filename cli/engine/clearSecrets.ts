// The secrets of a stack's config in clear, for checks in this process; nothing of them is kept or shown.
import { execa } from "execa";
import { stackConfigKeys } from "../../config/stack.ts";
import type { ClearSecrets } from "../../preview/secrets.ts";
import type { Context } from "../commandLine.ts";
import { FailedError } from "../errors.ts";
import { projectName, type Stack } from "../project.ts";
import type { StackFile } from "../stackFile.ts";
import type { EngineChoice } from "./choose.ts";
import { engineSettings } from "./embedded.ts";
import { pulumiEnvironment } from "./pulumi.ts";

/** Opens them only when there are some: that takes a passphrase, or Pulumi's own way to the keys. */
export async function readClearSecrets(
    stack: Stack,
    file: StackFile,
    engine: EngineChoice,
    context: Context,
): Promise<ClearSecrets> {
    if (!file.hasSecrets) return {};
    const values = engine.kind === "embedded" ? await open(stack, context) : await ask(engine, stack, context);
    const names = stackConfigKeys.filter((key) => "secret" in key).map(({ name }) => name);
    const given = names.map((name) => [name, values[`${projectName}:${name}`]] as const);
    return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

type Values = Readonly<Record<string, string | undefined>>;

async function open(stack: Stack, context: Context): Promise<Values> {
    const { Stack: StoredStack } = await import("../../embedded/engine/stack.ts");
    const stored = await StoredStack.open(await engineSettings(stack, context, false));
    return (await stored.config()).values;
}

async function ask(engine: EngineChoice & { kind: "pulumi" }, stack: Stack, context: Context): Promise<Values> {
    const args = ["config", "--show-secrets", "--json", "--stack", stack.name, "--cwd", context.checkout];
    const result = await execa(engine.executable, args, {
        env: await pulumiEnvironment(stack, context),
        reject: false,
        stdin: "ignore",
    });
    if (result.failed) {
        throw new FailedError(`pulumi config failed: ${result.stderr.trim() || (result.shortMessage ?? "")}`);
    }
    const all = JSON.parse(result.stdout) as Record<string, { value?: string }>;
    return Object.fromEntries(Object.entries(all).map(([key, { value }]) => [key, value]));
}

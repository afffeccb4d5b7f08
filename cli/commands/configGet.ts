// `aframe config get`: one value of an experiment's stack file, alone on stdout for scripts.
import { stackConfigKeys } from "../../config/stackKeys.ts";
import { defineCommand } from "../commandLine.ts";
import { chooseEngine, engineOption } from "../engine/choose.ts";
import { readClearSecrets } from "../engine/clearSecrets.ts";
import { exitCodes, UsageError } from "../errors.ts";
import { findStack, projectName } from "../project.ts";
import { pathOfKey, StackFile } from "../stackFile.ts";
import { stackOption } from "./operation.ts";

export const keyOperand = {
    name: "KEY",
    description: "such as workers, or settings.luigi_Train.request_gpus",
    required: true,
} as const;

const secretKeys: readonly string[] = stackConfigKeys.filter((key) => "secret" in key).map(({ name }) => name);

export const command = defineCommand({
    name: "aframe config get",
    summary: "print one value of an experiment's stack file, a secret in clear",
    details: "What the cfg files and the defaults say is not in the stack file: see `aframe config show`.",
    positionals: [keyOperand],
    options: { stack: stackOption, engine: engineOption },
    run: async (options, [given = ""], context) => {
        const keys = pathOfKey(given);
        const stack = await findStack(options.stack, context);
        const file = await StackFile.read(stack.file);
        const engine = await chooseEngine(options.engine, context);
        const secrets = secretKeys.includes(keys[0]) ? await readClearSecrets(stack, file, engine, context) : {};
        const values: unknown = { ...file.config, ...secrets };
        const value = keys.reduce((inner, key) => (isObject(inner) ? inner[key] : undefined), values);
        if (value === undefined) {
            throw new UsageError(`${stack.file} has no ${projectName}:${keys.join(".")}; see aframe config show`);
        }
        context.stdout.write(`${typeof value === "string" ? value : JSON.stringify(value)}\n`);
        return exitCodes.done;
    },
});

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null;
}

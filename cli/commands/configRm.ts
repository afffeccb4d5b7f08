// `aframe config rm`: takes one value out of an experiment's stack file, so that the cfg files or the default decide.
import path from "node:path";
import { defineCommand } from "../commandLine.ts";
import { exitCodes, UsageError } from "../errors.ts";
import { findStack, projectName } from "../project.ts";
import { pathOfKey, StackFile } from "../stackFile.ts";
import { keyOperand } from "./configGet.ts";
import { stackOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe config rm",
    summary: "take one value out of an experiment's stack file",
    positionals: [keyOperand],
    options: { stack: stackOption },
    run: async (options, [given = ""], context) => {
        const keys = pathOfKey(given);
        const key = `${projectName}:${keys.join(".")}`;
        if (key === `${projectName}:directory`) throw new UsageError(`${key} says where the experiment is, and stays`);
        const stack = await findStack(options.stack, context);
        const file = await StackFile.read(stack.file);
        if (!file.remove(keys)) throw new UsageError(`${stack.file} has no ${key}`);
        await file.save();
        context.stdout.write(`${key} is no longer in ${path.relative(context.checkout, stack.file)}\n`);
        return exitCodes.done;
    },
});

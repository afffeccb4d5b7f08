// `aframe cancel`: takes away the lock that an operation left behind when it was killed.
import { defineCommand } from "../commandLine.ts";
import { embeddedBackend } from "../engine/backend.ts";
import { chooseEngine, engineOption } from "../engine/choose.ts";
import { exitCodes, UsageError } from "../errors.ts";
import { findStack, projectName } from "../project.ts";
import { stackOption, yesOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe cancel",
    summary: "unlock an experiment whose last operation was killed",
    details: "Make sure that no other `aframe` or `pulumi` works on the experiment: it would not notice.",
    positionals: [],
    options: { stack: stackOption, yes: { ...yesOption, description: "do it (required)" }, engine: engineOption },
    run: async (options, _positionals, context) => {
        const stack = await findStack(options.stack, context);
        if (!options.yes)
            throw new UsageError(`cancel takes the lock of ${stack.name} away; give --yes when it is yours`);
        const engine = await chooseEngine(options.engine, context);
        context.stdout.write(`engine: ${engine.description}\n`);
        if (engine.kind === "pulumi") {
            const { runPulumi } = await import("../engine/pulumi.ts");
            const args = ["cancel", "--yes"];
            return runPulumi({ executable: engine.executable, stack, args, createStack: false }, context);
        }
        const { FileBackend } = await import("../../embedded/state/backend.ts");
        const count = await new FileBackend(embeddedBackend(context), projectName, stack.name).removeLocks();
        context.stdout.write(count === 0 ? `${stack.name} was not locked\n` : `${stack.name} is unlocked\n`);
        return exitCodes.done;
    },
});

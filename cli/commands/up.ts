// `aframe up`: brings an experiment to what its configuration says.
import { defineCommand } from "../commandLine.ts";
import { engineOption } from "../engine/choose.ts";
import { takeOver } from "../environment.ts";
import { diffOption, operate, stackOption, yesOption } from "./operation.ts";
import { replaceOption, scopeOf, scopeOptions } from "./selection.ts";

export const command = defineCommand({
    name: "aframe up",
    summary: "run what is to be run of an experiment",
    details: `
The AFRAME_* variables that run.sh exports, its cfg (LAW_CONFIG_FILE) and the flags --workers, --gpus and --dev are
copied into the stack's file first; each value that changes is printed. Without them the stack's own values hold.
On a terminal, up shows what it would do and asks; elsewhere it goes on. It may be stopped with Ctrl-C and run again.`,
    positionals: [],
    options: {
        stack: stackOption,
        workers: { type: "string", hint: "N", description: "local stages at a time, and law's --workers" },
        gpus: { type: "string", hint: "IDS", description: 'GPUs of local stages, such as 0,1; "" for none' },
        dev: { type: "boolean", description: "run the checkout's code instead of the code in the containers" },
        yes: yesOption,
        diff: diffOption,
        replace: replaceOption,
        ...scopeOptions,
        engine: engineOption,
    },
    run: (options, _positionals, context) =>
        operate(
            {
                verb: "up",
                ...options,
                scope: scopeOf(options),
                edit: (stack) => takeOver(stack, context.environment, options, context.currentDirectory),
            },
            context,
        ),
});

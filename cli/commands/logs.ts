// `aframe logs`: what a container of the training writes, from the cluster or as it was kept on S3.
import { containerNames } from "../../pipeline/training/containers.ts";
import { jsonSink, plainSink } from "../../pipeline/training/logSink.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { colorsFor } from "../display/display.ts";
import { chooseEngine, type EngineChoice, engineOption } from "../engine/choose.ts";
import { readDeployment } from "../engine/deployment.ts";
import { findTraining } from "../engine/training.ts";
import { exitCodes, FailedError } from "../errors.ts";
import { findStack, type Stack } from "../project.ts";
import { directoryOf, StackFile } from "../stackFile.ts";
import { stackOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe logs",
    summary: "print the log of an experiment's training on the cluster",
    details: `
Without --container it is the container that runs, else the one that failed, else train. The log alone is on standard
output. With --follow it goes on until training has ended (with --container: until that container has ended well), over
dropped connections and from a pod to the one that replaces it; Ctrl-C stops the log, not the training.
Of a pod that is gone, fetch-data and train are read from <run dir>/logs/<pod>/ on S3, where the pod copies them about
each minute; what git-sync wrote goes with its pod. With --json each line has its pod and container, and its time where
it comes from the cluster; docs/json.md tells the form.`,
    positionals: [],
    options: {
        follow: { type: "boolean", short: "f", description: "print what is written from now on, too" },
        json: { type: "boolean", short: "j", description: "a JSON object for each line" },
        container: { type: "string", choices: containerNames, description: "whose log (default: see below)" },
        stack: stackOption,
        engine: engineOption,
    },
    run: async (options, _positionals, context) => {
        const stack = await findStack(options.stack, context);
        const target = await requireTraining(stack, await chooseEngine(options.engine, context), context);
        const { dim } = colorsFor(context);
        const request = {
            target,
            ...(options.container !== undefined && { container: options.container }),
            sink: options.json ? jsonSink(context.stdout) : plainSink(context.stdout),
            say: (line: string) => void context.stderr.write(`${dim(`aframe: ${line}`)}\n`),
        };
        // Nothing here is worth ending in order: neither when the user has seen enough, nor when `head` has.
        process.once("SIGINT", () => process.exit(exitCodes.interrupted));
        context.stdout.once("error", () => process.exit(exitCodes.done));
        try {
            if (options.follow) {
                const { followLog } = await import("../../pipeline/training/followLogs.ts");
                await followLog(request);
            } else {
                const { showLog } = await import("../../pipeline/training/logs.ts");
                await showLog(request);
            }
        } finally {
            await request.sink.end();
        }
        return exitCodes.done;
    },
});

async function requireTraining(stack: Stack, engine: EngineChoice, context: Context) {
    const deployment = await readDeployment(stack, engine, context);
    const target = deployment && (await findTraining(deployment, stack, engine, context));
    if (target !== undefined) return target;
    if (deployment === undefined || deployment.resources.length === 0)
        throw new FailedError(`${stack.name} has not run yet, or has been destroyed, so there are no logs`);
    const directory = directoryOf(await StackFile.read(stack.file));
    const place = directory === undefined ? "" : `; logs of the stages are in ${directory}/logs`;
    throw new FailedError(`${stack.name} has no training on a cluster${place}`);
}

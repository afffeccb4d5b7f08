// `aframe status`: how an experiment is doing, from its state, the cluster and S3.
import { type Context, defineCommand } from "../commandLine.ts";
import { colorsFor } from "../display/display.ts";
import { renderStatus, type Status, statusAsJson } from "../display/status.ts";
import { chooseEngine, type EngineChoice, engineOption } from "../engine/choose.ts";
import { readDeployment } from "../engine/deployment.ts";
import { stageStates } from "../engine/stages.ts";
import { findTraining } from "../engine/training.ts";
import { exitCodes } from "../errors.ts";
import { findStack, type Stack } from "../project.ts";
import { stackOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe status",
    summary: "tell how an experiment is doing: its stages, and its training on the cluster",
    details: `
Works beside a running up, and on any machine that has the stack's file and state; it changes nothing. A stage that is
"running or interrupted" was begun by an operation that has not recorded its end. Keys for S3 are those of the last up.
Exit code 1 when the cluster, or what must tell whether training has finished, cannot be looked at.

As JSON: stack; stages, each with name, state (succeeded, started, damaged, waiting) and seconds; training, unless it
is local, with state (waiting, preparing, training, blocked, succeeded, failed, gone, unknown), reason, since (ISO
8601), seconds, job (name, context, namespace), pod (name, node, gpus, gpu, tries, restarts), metrics (name to text)
and model; problems, a list of sentences. What is not known is left out.`,
    positionals: [],
    options: {
        stack: stackOption,
        json: { type: "boolean", short: "j", description: "as JSON" },
        engine: engineOption,
    },
    run: async (options, _positionals, context) => {
        const stack = await findStack(options.stack, context);
        const status = await lookAt(stack, await chooseEngine(options.engine, context), context);
        const colors = colorsFor(context);
        context.stdout.write(options.json ? statusAsJson(status) : renderStatus(status, colors, new Date()));
        const { problems = [], state } = status.training?.report ?? {};
        for (const problem of problems) context.stderr.write(`${colors.yellow("warning:")} ${problem}\n`);
        const clusterFailed = status.training?.report.clusterSeen === false;
        return clusterFailed || state === "unknown" ? exitCodes.failed : exitCodes.done;
    },
});

async function lookAt(stack: Stack, engine: EngineChoice, context: Context): Promise<Status> {
    const deployment = await readDeployment(stack, engine, context);
    if (deployment === undefined) return { stack: stack.name, stages: [] };
    const stages = stageStates(deployment);
    const target = await findTraining(deployment, stack, engine, context);
    if (target === undefined) return { stack: stack.name, stages };
    const { reportTraining } = await import("../../pipeline/training/report.ts");
    return { stack: stack.name, stages, training: { target, report: await reportTraining(target) } };
}

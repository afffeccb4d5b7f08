// `aframe status`: how an experiment is doing, from its state, the cluster and S3.
import path from "node:path";
import { surveyExperiment } from "../../config/experiment.ts";
import type { ExperimentSettings } from "../../config/settings.ts";
import { surveyStack } from "../../config/stack.ts";
import { stagesOf } from "../../pipeline/catalog.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { colorsFor } from "../display/display.ts";
import { renderStatus, type Status, statusAsJson } from "../display/status.ts";
import { chooseEngine, type EngineChoice, engineOption } from "../engine/choose.ts";
import { isEmpty, readDeployment } from "../engine/deployment.ts";
import { stageStates, withPlanned } from "../engine/stages.ts";
import { findTraining } from "../engine/training.ts";
import { exitCodes } from "../errors.ts";
import { findStack, type Stack } from "../project.ts";
import { StackFile } from "../stackFile.ts";
import { stackOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe status",
    summary: "tell how an experiment is doing: its stages, and its training on the cluster",
    details: `
Works beside a running up, and on any machine that has the stack's file and state; it changes nothing. A stage that is
"running or interrupted" was begun by an operation that has not recorded its end. Keys for S3 are those of the last up.
Exit code 1 when the cluster, or what must tell whether training has finished, cannot be looked at.
docs/json.md tells the form of --json.`,
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
    if (deployment === undefined || isEmpty(deployment)) {
        return { stack: stack.name, stages: [] };
    }
    const settings = await readSettings(stack);
    const planned = settings ? stagesOf(settings).map(({ name }) => name) : [];
    const results = settings?.directories.results.path;
    const facts = {
        stack: stack.name,
        stages: withPlanned(stageStates(deployment), planned),
        ...(results !== undefined && { volume: path.join(results, "plots", "sensitive_volume.html") }),
    };
    const target = await findTraining(deployment, stack, engine, context);
    if (target === undefined) return facts;
    const { reportTraining } = await import("../../pipeline/training/report.ts");
    return { ...facts, training: { target, report: await reportTraining(target) } };
}

/** Only for what is still to come: a state can be looked at where the configuration is not, or is not right. */
async function readSettings(stack: Stack): Promise<ExperimentSettings | undefined> {
    const { config } = await StackFile.read(stack.file);
    return surveyExperiment(surveyStack(stack.name, config, stack.file).settings).settings;
}

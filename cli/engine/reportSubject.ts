// What a report needs to know of an experiment: its configuration, what its state says, and the keys to look at S3.
import { describeProblem } from "../../config/errors.ts";
import { surveyExperiment } from "../../config/experiment.ts";
import type { ExperimentSettings } from "../../config/settings.ts";
import { surveyStack } from "../../config/stack.ts";
import type { StageOutputs } from "../../pipeline/stage/state.ts";
import { clearConnection, clearWandbKey } from "../../preview/secrets.ts";
import type { StateFacts, Subject } from "../../report/gather/subject.ts";
import type { Context } from "../commandLine.ts";
import type { Stack } from "../project.ts";
import { StackFile } from "../stackFile.ts";
import type { EngineChoice } from "./choose.ts";
import { readClearSecrets } from "./clearSecrets.ts";
import { type Deployment, isEmpty, readDeployment, type StateResource } from "./deployment.ts";
import { stageType } from "./stages.ts";
import { findTraining, jobType, revisionType } from "./training.ts";

/** Read anew for each look: an edit of the configuration, and what an operation has done since, count. */
export async function readSubject(stack: Stack, engine: EngineChoice, context: Context): Promise<Subject> {
    const file = await StackFile.read(stack.file);
    const { settings: stackSettings, problems } = surveyStack(stack.name, file.config, stack.file);
    const survey = surveyExperiment(stackSettings);
    const { settings } = survey;
    const found = await readDeployment(stack, engine, context);
    const deployment = found ?? { resources: [], pending: [] };
    const training = await findTraining(deployment, stack, engine, context);
    const keys = settings ? await keysOf(settings, stack, file, engine, context) : { secrets: [] };
    const { secretAccessKey, sessionToken } = training?.s3 ?? {};
    return {
        name: stack.name,
        ...(settings && { settings }),
        mistakes: [...problems, ...survey.problems].map(describeProblem),
        state: {
            ...factsOf(deployment),
            ...(training && { training }),
            isDestroyed: found !== undefined && isEmpty(found),
        },
        ...keys,
        secrets: [...keys.secrets, secretAccessKey, sessionToken].filter((secret) => secret !== undefined),
        versions: { node: process.versions.node, engine: engine.description },
    };
}

/** The stack's own secrets may need a passphrase that is not there; then nothing is asked of S3. */
async function keysOf(
    settings: ExperimentSettings,
    stack: Stack,
    file: StackFile,
    engine: EngineChoice,
    context: Context,
): Promise<Pick<Subject, "s3" | "s3Problem" | "secrets">> {
    const ofCfg = settings.values.filter(({ secret, value }) => secret && value !== "").map(({ value }) => value);
    try {
        const clear = await readClearSecrets(stack, file, engine, context);
        const wandb = clearWandbKey(settings, clear, context.environment, context.home);
        const s3 = clearConnection(settings, clear);
        const { AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = context.environment;
        const { s3SecretAccessKey, wandbApiKey } = clear;
        const all = [...ofCfg, s3SecretAccessKey, wandbApiKey, wandb, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN];
        return { s3, secrets: all.filter((secret) => secret !== undefined).filter((secret) => secret !== "") };
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { s3Problem: `the stack's keys cannot be opened: ${reason}`, secrets: ofCfg };
    }
}

function factsOf({ resources, pending }: Deployment): Omit<StateFacts, "training" | "isDestroyed"> {
    const isStage = ({ type }: StateResource) => type === stageType;
    const begun = new Set(pending.filter(isStage).map(({ urn }) => urn));
    const stages = [...pending.filter(isStage), ...resources.filter(isStage)].map(({ urn, inputs, outputs }) => {
        const { stage = "", ...facts } = { ...inputs, ...outputs } as Partial<StageOutputs>;
        return [stage, { ...facts, started: begun.has(urn) }] as const;
    });
    const job = resources.find(({ type }) => type === jobType);
    const commit = resources.find(({ type }) => type === revisionType)?.outputs?.commit;
    return {
        stages: new Map(stages),
        ...(job && { job: { ...job.inputs, ...job.outputs } }),
        ...(typeof commit === "string" && { commit }),
    };
}

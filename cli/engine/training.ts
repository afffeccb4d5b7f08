// Finds an experiment's remote training in the state: also while up still waits for it, and after up was interrupted.
//
// The Job is in the state as soon as the cluster has taken it, but TrainingRun only when training has ended; until then
// its inputs are among the pending operations, or nowhere when the wait was interrupted by a failure elsewhere.
import { parseBucketUrl } from "../../config/location.ts";
import type { S3Location } from "../../config/settings.ts";
import type { Job } from "../../pipeline/training/clusterObjects.ts";
import type { TrainingTarget } from "../../pipeline/training/report.ts";
import type { TrainingRunOutputs } from "../../pipeline/training/state.ts";
import type { S3Connection } from "../../pipeline/transfer/connection.ts";
import type { Context } from "../commandLine.ts";
import type { Stack } from "../project.ts";
import type { EngineChoice } from "./choose.ts";
import { type Deployment, openDeployment, type StateResource } from "./deployment.ts";

export const trainingRunType = "pulumi-nodejs:dynamic/aframe:TrainingRun";
export const revisionType = "pulumi-nodejs:dynamic/aframe:GitRevision";
export const jobType = "kubernetes:batch/v1:Job";
const providerType = "pulumi:providers:kubernetes";

/** Undefined when the experiment trains on this machine, or has not come to its Job yet. */
export async function findTraining(
    deployment: Deployment,
    stack: Stack,
    engine: EngineChoice,
    context: Context,
): Promise<TrainingTarget | undefined> {
    const target = targetOf(deployment);
    if (target === undefined || !isSealed(connectionIn(deployment))) return target;
    try {
        return targetOf(await openDeployment(stack, engine, context));
    } catch (error) {
        const { s3: _, ...rest } = target;
        const reason = error instanceof Error ? error.message : String(error);
        return {
            ...rest,
            s3Problem: `S3 cannot be looked at, since its keys in the state cannot be opened: ${reason}`,
        };
    }
}

function targetOf(deployment: Deployment): TrainingTarget | undefined {
    const job = deployment.resources.find(({ type }) => type === jobType);
    const run = runOf(deployment);
    const ofJob = job && describeJob(job);
    const kubernetes = run?.kubernetes ?? providerOf(deployment);
    const runDir = ofJob?.runDir ?? run?.runDir;
    const jobName = ofJob?.name ?? run?.jobName;
    if (kubernetes === undefined || runDir === undefined || jobName === undefined) return undefined;
    const s3 = connectionIn(deployment);
    return {
        kubernetes,
        jobName,
        jobUid: ofJob?.uid ?? run?.jobUid ?? "",
        trainingDigest: ofJob?.digest ?? run?.trainingDigest ?? "",
        runDir,
        ...(s3 && { s3 }),
    };
}

/** What an operation has begun is newer than what the last one has left. */
function runOf({ resources, pending }: Deployment): Partial<TrainingRunOutputs> | undefined {
    const isRun = ({ type }: StateResource) => type === trainingRunType;
    const found = pending.find(isRun)?.inputs ?? resources.find(isRun)?.outputs;
    return found;
}

interface DescribedJob {
    readonly name?: string;
    readonly uid?: string;
    readonly digest?: string;
    readonly runDir?: S3Location;
}

/** The Job in the state is always the last that was made. */
function describeJob({ inputs, outputs }: StateResource): DescribedJob {
    const { metadata, spec } = { ...inputs, ...outputs } as unknown as Job;
    const digest = metadata?.annotations?.["aframe/training-digest"];
    const variables = spec?.template.spec?.containers.flatMap(({ env }) => env ?? []) ?? [];
    const uri = variables.find(({ name }) => name === "AFRAME_RUN_URI")?.value;
    return {
        ...(metadata?.name !== undefined && { name: metadata.name }),
        ...(metadata?.uid !== undefined && { uid: metadata.uid }),
        ...(digest !== undefined && { digest }),
        ...(uri !== undefined && { runDir: parseBucketUrl(uri) }),
    };
}

function providerOf({ resources }: Deployment): TrainingTarget["kubernetes"] | undefined {
    const inputs = resources.find(({ type }) => type === providerType)?.inputs;
    return typeof inputs?.context === "string" && typeof inputs.namespace === "string"
        ? { context: inputs.context, namespace: inputs.namespace }
        : undefined;
}

/** One for all: that of the training itself, else of the stages that brought its data to S3. */
function connectionIn({ resources, pending }: Deployment): S3Connection | undefined {
    const all = [...pending, ...resources];
    const runFirst = [...all.filter(({ type }) => type === trainingRunType), ...all];
    const found = runFirst.map(({ inputs, outputs }) => inputs?.s3 ?? outputs?.s3).find((s3) => s3 !== undefined);
    return found as S3Connection | undefined;
}

function isSealed(value: object | undefined): boolean {
    return value !== undefined && JSON.stringify(value).includes('"ciphertext"');
}

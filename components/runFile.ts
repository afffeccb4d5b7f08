// Declares run.json, which tells beside a model what made it.
import type * as pulumi from "@pulumi/pulumi";
import type { ExperimentSettings } from "../config/settings.ts";
import { RunFile, type RunFileArgs } from "../pipeline/resources/runFile.ts";
import type { S3Connection } from "../pipeline/transfer/connection.ts";
import type { LocalPipeline } from "./localPipeline.ts";
import type { RemoteTraining } from "./remoteTraining.ts";
import { describeRun } from "./runDescription.ts";
import type { TrainingPlan } from "./trainingPlan.ts";

export interface TrainedBy {
    readonly s3: pulumi.Input<S3Connection>;
    /** The stages before training. */
    readonly data: LocalPipeline;
    /** Those after it, and a training on this machine. */
    readonly results: LocalPipeline;
    /** @default training is local */
    readonly plan?: TrainingPlan;
    /** @default training is local */
    readonly training?: RemoteTraining;
}

export function declareRunFile(
    name: string,
    settings: ExperimentSettings,
    by: TrainedBy,
    parent: pulumi.Resource,
): void {
    const { stack, directories } = settings;
    const { run: runDir } = directories;
    const data = [...by.data.stagesIn("trainData")].map(([stage, { manifestDigest }]) => [stage, manifestDigest]);
    new RunFile(
        name,
        {
            directory: stack.directory,
            runDir,
            ...(runDir.kind === "s3" && { s3: by.s3 }),
            description: JSON.stringify(describeRun(settings, by.plan)),
            data: Object.fromEntries(data) as Record<string, pulumi.Output<string>>,
            artifacts: stack.artifacts,
            ...seen(by),
        },
        { parent },
    );
}

type Seen = Pick<RunFileArgs, "manifestDigest" | "trainingDigest" | "commit" | "job">;

/** What tells which training it was. */
function seen({ results, plan, training }: TrainedBy): Seen {
    const local = results.stages.get("TrainLocal");
    if (plan !== undefined && training !== undefined) {
        const { context } = plan.kubernetes;
        const job = training.job.apply((named) => training.jobUid.apply((uid) => ({ context, ...named, uid })));
        const { manifestDigest, digest: trainingDigest, commit } = training;
        return { manifestDigest, trainingDigest, job, ...(commit && { commit }) };
    }
    if (local === undefined) {
        throw new Error("an experiment trains here or on a cluster");
    }
    return { manifestDigest: local.manifestDigest, trainingDigest: local.settingsDigest };
}

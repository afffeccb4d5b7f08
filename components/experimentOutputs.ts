// What a stack tells others about its experiment.
import * as pulumi from "@pulumi/pulumi";
import type { ExperimentSettings, Location } from "../config/settings.ts";
import type { Stage } from "../pipeline/resources/stage.ts";
import type { RemoteTraining } from "./remoteTraining.ts";

export interface StageSummary {
    /** `pending` waits for a training that was only accepted. */
    readonly state: "succeeded" | "accepted" | "pending";
    readonly seconds: number;
    /** Of the manifest of what it made. */
    readonly digest: string;
}

export interface ExperimentOutputs {
    readonly trainDataDir: string;
    readonly runDir: string;
    readonly resultsDir: string;
    /** The commit that trains, when git brings it. */
    readonly commit?: pulumi.Output<string>;
    /** The training Job, when there is one. */
    readonly job?: pulumi.Output<{ readonly name: string; readonly namespace: string }>;
    /** URI of the trained model. */
    readonly model: string;
    /** Stage → how it went; `Train` is the remote training. */
    readonly stages: pulumi.Output<Record<string, StageSummary>>;
    /** Path of the file with the sensitive volumes. */
    readonly sensitiveVolume: string;
}

export function describeExperiment(
    { directories }: ExperimentSettings,
    stages: ReadonlyMap<string, Stage>,
    training: RemoteTraining | undefined,
): ExperimentOutputs {
    const runDir = uriOf(directories.run);
    return {
        trainDataDir: uriOf(directories.trainData),
        runDir,
        resultsDir: directories.results.path,
        ...(training?.commit && { commit: training.commit }),
        ...(training && { job: training.job }),
        model: `${runDir}/model.pt`,
        stages: summarise(stages, training),
        sensitiveVolume: `${directories.results.path}/plots/sensitive_volume.h5`,
    };
}

function uriOf(location: Location): string {
    return location.kind === "s3" ? location.uri : location.path;
}

function summarise(
    stages: ReadonlyMap<string, Stage>,
    training: RemoteTraining | undefined,
): pulumi.Output<Record<string, StageSummary>> {
    const local = [...stages].map(([name, { manifestDigest, seconds }]) => [
        name,
        {
            state: manifestDigest.apply((digest) => (digest === "" ? "pending" : "succeeded")),
            seconds,
            digest: manifestDigest,
        },
    ]);
    const remote = training && [
        ["Train", { state: training.state, seconds: training.seconds, digest: training.manifestDigest }],
    ];
    return pulumi.output(
        Object.fromEntries([...local, ...(remote ?? [])]) as Record<string, pulumi.Input<StageSummary>>,
    );
}

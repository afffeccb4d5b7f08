// What the engine hands to a training run and what it leaves in the state, as resolved values.
import type { S3Location } from "../../config/settings.ts";
import type { Manifest } from "../stage/manifest.ts";
import type { S3Connection } from "../transfer/connection.ts";

export interface TrainingRunInputs {
    readonly kubernetes: { readonly context: string; readonly namespace: string };
    readonly jobName: string;
    readonly jobUid: string;
    /** Names this very training: settings, code and data. */
    readonly trainingDigest: string;
    /** Whether to stay until training has ended. */
    readonly wait: boolean;
    readonly runDir: S3Location;
    readonly s3?: S3Connection;
    /** The experiment directory; the run's log is kept in it. */
    readonly directory: string;
    readonly experiment: string;
}

export interface TrainingRunOutputs extends TrainingRunInputs {
    /** `accepted`: the cluster has the Job, and its end has not been seen yet. */
    readonly state: "accepted" | "succeeded";
    /** Digest of the model's manifest; empty until there is one. */
    readonly manifestDigest: string;
    readonly seconds: number;
}

/** The manifest that the pod writes when the model is on S3; `settingsDigest` is the training's digest. */
export interface TrainingManifest extends Manifest {
    readonly job?: { readonly name: string; readonly uid: string };
    readonly commit?: string;
    readonly seconds?: number;
    /** Python and the packages beside it in the pod, name → version. */
    readonly packages?: Readonly<Record<string, string>>;
}

/** The stage name of a remote training. */
export const trainStage = "Train";

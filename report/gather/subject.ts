// What must be known of an experiment to gather its report; whoever asks for one reads it from config and state.
import type { ExperimentSettings } from "../../config/settings.ts";
import type { StageOutputs } from "../../pipeline/stage/state.ts";
import type { Job } from "../../pipeline/training/clusterObjects.ts";
import type { TrainingTarget } from "../../pipeline/training/report.ts";
import type { S3Connection } from "../../pipeline/transfer/connection.ts";

export interface Subject {
    /** Name of the stack. */
    readonly name: string;
    /** Absent when the configuration cannot be read far enough. */
    readonly settings?: ExperimentSettings;
    /** What is wrong with the configuration. */
    readonly mistakes: readonly string[];
    readonly state: StateFacts;
    /** As stages connect. @default S3 cannot be asked; `s3Problem` says why */
    readonly s3?: S3Connection;
    readonly s3Problem?: string;
    /** Never to be shown. */
    readonly secrets: readonly string[];
    /** Program → version. */
    readonly versions: Readonly<Record<string, string>>;
}

/** Empty for a stack without a state. */
export interface StateFacts {
    /** There is a state, and it holds nothing any more. */
    readonly isDestroyed: boolean;
    readonly stages: ReadonlyMap<string, StageFacts>;
    readonly training?: TrainingTarget;
    readonly job?: Job;
    /** The pinned commit. */
    readonly commit?: string;
}

/** What an operation has begun and not ended has `started`. */
export type StageFacts = Partial<StageOutputs> & { readonly started: boolean };

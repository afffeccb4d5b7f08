// What the engine hands to a stage and what a stage leaves in the state, as resolved values.
import type { S3Location } from "../../config/settings.ts";
import type { S3Connection } from "../transfer/connection.ts";

/** Where the artefacts of an upstream stage are, and where they must be before a run. */
export interface StageSource {
    /** The upstream stage, or `Train` for a remote training run. */
    readonly stage: string;
    /** The local directory its artefacts are relative to. */
    readonly root: string;
    /** Where missing artefacts are downloaded from. @default nowhere: they must be here */
    readonly location?: S3Location;
}

export interface StageInputs {
    readonly stage: string;
    readonly experiment: string;
    readonly directory: string;
    readonly command: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
    readonly secretEnvironment?: Readonly<Record<string, string>>;
    readonly settings: Readonly<Record<string, string>>;
    readonly inputs: Readonly<Record<string, string>>;
    readonly sources: readonly StageSource[];
    readonly root: string;
    readonly produces: readonly string[];
    readonly scratch?: readonly string[];
    readonly target?: S3Location;
    readonly s3?: S3Connection;
    readonly adoptExisting: boolean;
    readonly artifacts: "retain" | "delete";
    readonly workers: number;
    readonly timeoutSeconds?: number;
}

/** Small on purpose: what `diff`, `read` and `delete` of a later version need, and what other resources use. */
export interface StageOutputs {
    readonly stage: string;
    readonly experiment: string;
    readonly directory: string;
    readonly root: string;
    readonly target?: S3Location;
    readonly s3?: S3Connection;
    readonly artifacts: "retain" | "delete";
    readonly inputs: Readonly<Record<string, string>>;
    /** Covers the settings, the task and the patterns it must produce. */
    readonly settingsDigest: string;
    /** Covers names, sizes and contents of the artefacts, nothing else; empty while the stage waits for training. */
    readonly manifestDigest: string;
    readonly seconds: number;
    readonly files: number;
    readonly bytes: number;
    /** Artefacts that a refresh found missing or changed; the next update makes them again. */
    readonly damaged?: readonly string[];
}

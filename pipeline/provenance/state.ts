// What the engine hands to the writer of a run.json and what it leaves in the state, as resolved values.
import type { Location } from "../../config/settings.ts";
import type { S3Connection } from "../transfer/connection.ts";

export interface RunFileInputs {
    /** The experiment directory, where records of the stages are. */
    readonly directory: string;
    /** Where the model is. */
    readonly runDir: Location;
    readonly s3?: S3Connection;
    /** The `RunDescription`, as JSON. */
    readonly description: string;
    /** Digest of the model's manifest; empty while the training is only accepted. */
    readonly manifestDigest: string;
    /** Names this very training: settings, code and data. */
    readonly trainingDigest: string;
    /** The commit that trained, when git brought it to a pod. */
    readonly commit?: string;
    /** Stage that makes training data → digest of its manifest. */
    readonly data: Readonly<Record<string, string>>;
    /** Of a training on a cluster. */
    readonly job?: {
        readonly context: string;
        readonly namespace: string;
        readonly name: string;
        readonly uid: string;
    };
    /** What deleting the resource does with a local file. */
    readonly artifacts: "retain" | "delete";
}

/** The description is not kept: another one is no reason to write what is said of a model that is there anew. */
export interface RunFileOutputs extends Omit<RunFileInputs, "description" | "commit" | "data" | "job"> {
    /** Of the file as it was written; empty when there is none yet, or a refresh found another one. */
    readonly sha256: string;
}

// The wait for a remote training, and its result.
import * as pulumi from "@pulumi/pulumi";
import type { S3Location } from "../../config/settings.ts";
import type { TrainingRunInputs, TrainingRunOutputs } from "../training/state.ts";
import type { S3Connection } from "../transfer/connection.ts";

export interface TrainingRunArgs {
    kubernetes: { context: string; namespace: string };
    jobName: pulumi.Input<string>;
    /** Tells a re-made Job from the one before. */
    jobUid: pulumi.Input<string>;
    /** Names this very training: settings, code and data; a finished one is never repeated. */
    trainingDigest: pulumi.Input<string>;
    /** Whether `up` stays until training has ended; otherwise a later `up` goes on. */
    wait: boolean;
    /** Where the pod puts the model. */
    runDir: S3Location;
    /** @default the usual AWS chain */
    s3?: pulumi.Input<S3Connection>;
    /** The experiment directory; the run's log is kept in it. */
    directory: string;
    experiment: string;
}

// Stored in the state as text, so it captures nothing and loads the code at hand; see stage.ts.
const provider = {
    async lifecycle() {
        const path = await import("node:path");
        const url = await import("node:url");
        const code = url.pathToFileURL(path.resolve("pipeline/training/lifecycle.ts")).href;
        return (await import(code)) as typeof import("../training/lifecycle.ts");
    },
    async check(_olds: TrainingRunInputs, news: TrainingRunInputs) {
        return (await this.lifecycle()).check(news);
    },
    async diff(_id: string, olds: TrainingRunOutputs, news: TrainingRunInputs) {
        return (await this.lifecycle()).diff(olds, news);
    },
    async create(inputs: TrainingRunInputs) {
        return (await this.lifecycle()).create(inputs);
    },
    async update(_id: string, olds: TrainingRunOutputs, news: TrainingRunInputs) {
        return (await this.lifecycle()).update(olds, news);
    },
    async read(id: string, props: TrainingRunOutputs) {
        return (await this.lifecycle()).read(id, props);
    },
    async delete() {},
};

/** Watches the Job; stopping the wait stops nothing on the cluster, and the next `up` comes back to it. */
export class TrainingRun extends pulumi.dynamic.Resource {
    declare readonly state: pulumi.Output<"accepted" | "succeeded">;
    /** Digest of the model's manifest; empty until there is one. */
    declare readonly manifestDigest: pulumi.Output<string>;
    declare readonly seconds: pulumi.Output<number>;

    constructor(name: string, args: TrainingRunArgs, opts?: pulumi.CustomResourceOptions) {
        const outputs = { state: undefined, manifestDigest: undefined, seconds: undefined };
        super(provider, name, { ...outputs, ...args }, opts, "aframe", "TrainingRun");
    }
}

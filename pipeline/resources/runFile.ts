// run.json beside the model: what made it, and all it takes to do that again.
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../../config/settings.ts";
import type { RunFileInputs, RunFileOutputs } from "../provenance/state.ts";
import type { S3Connection } from "../transfer/connection.ts";

export interface RunFileArgs {
    /** The experiment directory, where records of the stages are. */
    directory: string;
    /** Where the model is. */
    runDir: Location;
    /** @default the usual AWS chain */
    s3?: pulumi.Input<S3Connection>;
    /** A `RunDescription`, as JSON; another one alone changes nothing. */
    description: string;
    /** Digest of the model's manifest; nothing is written while it is empty. */
    manifestDigest: pulumi.Input<string>;
    /** Names this very training: settings, code and data. */
    trainingDigest: pulumi.Input<string>;
    /** The commit that trained. @default not brought by git */
    commit?: pulumi.Input<string>;
    /** Stage that makes training data → digest of its manifest. */
    data: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** @default trained here */
    job?: pulumi.Input<NonNullable<RunFileInputs["job"]>>;
    /** What deletion does with a local file. */
    artifacts: "retain" | "delete";
}

// Stored in the state as text, so it captures nothing and loads the code at hand; see stage.ts.
const provider = {
    async lifecycle() {
        const path = await import("node:path");
        const url = await import("node:url");
        const code = url.pathToFileURL(path.resolve("pipeline/provenance/lifecycle.ts")).href;
        return (await import(code)) as typeof import("../provenance/lifecycle.ts");
    },
    async check(_olds: RunFileInputs, news: RunFileInputs) {
        return (await this.lifecycle()).check(news);
    },
    async diff(_id: string, olds: RunFileOutputs, news: RunFileInputs) {
        return (await this.lifecycle()).diff(olds, news);
    },
    async create(inputs: RunFileInputs) {
        return (await this.lifecycle()).create(inputs);
    },
    async update(_id: string, olds: RunFileOutputs, news: RunFileInputs) {
        return (await this.lifecycle()).update(olds, news);
    },
    async read(id: string, props: RunFileOutputs) {
        return (await this.lifecycle()).read(id, props);
    },
    async delete(_id: string, props: RunFileOutputs) {
        return (await this.lifecycle()).remove(props);
    },
};

/** Written once for a model; deletion removes a local file only if `artifacts` says so. */
export class RunFile extends pulumi.dynamic.Resource {
    constructor(name: string, args: RunFileArgs, opts?: pulumi.CustomResourceOptions) {
        super(provider, name, { sha256: undefined, ...args }, opts, "aframe", "RunFile");
    }
}

// A local stage of an experiment: one law task, its artefacts, and their copy on S3.
import * as pulumi from "@pulumi/pulumi";
import type { S3Location } from "../../config/settings.ts";
import type { StageInputs, StageOutputs, StageSource } from "../stage/state.ts";
import type { S3Connection } from "../transfer/connection.ts";

export interface StageArgs {
    /** Name in logs, records and the state. */
    stage: string;
    /** The stack's name. */
    experiment: string;
    /** The experiment directory; records and logs are kept in it. */
    directory: string;
    /** The full argument list that runs the task; never goes through a shell. */
    command: readonly string[];
    /** Added to the environment of the task; no secrets. */
    environment: Record<string, string>;
    /** Added to the environment of the task, and blotted out of its output. @default none */
    secretEnvironment?: pulumi.Input<Record<string, string>>;
    /** `section.key` → value of everything that decides what the stage makes. */
    settings: Record<string, string>;
    /** Upstream stage → digest of its manifest. */
    inputs: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Where the upstream artefacts are; they are here, and verified, before the task starts. */
    sources: readonly StageSource[];
    /** The local directory that artefacts are relative to. */
    root: string;
    /** Patterns relative to `root`; the stage fails unless each matches a file. */
    produces: readonly string[];
    /** Patterns relative to `root` of what an interrupted task leaves behind; removed before a run. @default none */
    scratch?: readonly string[];
    /** Makes `root` a mirror: artefacts are uploaded there. @default they stay local */
    target?: S3Location;
    /** @default the usual AWS chain */
    s3?: pulumi.Input<S3Connection>;
    /** Take over outputs that law made before this program managed them. */
    adoptExisting: boolean;
    /** What deleting the stage does with its local artefacts. */
    artifacts: "retain" | "delete";
    /** Stages that may run at once. */
    workers: number;
    /** @default no limit */
    timeoutSeconds?: number;
}

// The text of this object is stored in the state and evaluated from there, so it must capture nothing:
// it loads the code at hand from the project folder, which is the provider's working folder.
const provider = {
    async lifecycle() {
        const path = await import("node:path");
        const url = await import("node:url");
        const code = url.pathToFileURL(path.resolve("pipeline/stage/lifecycle.ts")).href;
        return (await import(code)) as typeof import("../stage/lifecycle.ts");
    },
    async check(_olds: StageInputs, news: StageInputs) {
        return (await this.lifecycle()).check(news);
    },
    async diff(_id: string, olds: StageOutputs, news: StageInputs) {
        return (await this.lifecycle()).diff(olds, news);
    },
    async create(inputs: StageInputs) {
        return (await this.lifecycle()).create(inputs);
    },
    async update(_id: string, olds: StageOutputs, news: StageInputs) {
        return (await this.lifecycle()).update(olds, news);
    },
    async read(id: string, props: StageOutputs) {
        return (await this.lifecycle()).read(id, props);
    },
    async delete(_id: string, props: StageOutputs) {
        return (await this.lifecycle()).remove(props);
    },
};

/** Runs when its settings or inputs change; deletion removes its local artefacts only if `artifacts` says so. */
export class Stage extends pulumi.dynamic.Resource {
    declare readonly settingsDigest: pulumi.Output<string>;
    declare readonly manifestDigest: pulumi.Output<string>;
    declare readonly seconds: pulumi.Output<number>;
    declare readonly files: pulumi.Output<number>;
    declare readonly bytes: pulumi.Output<number>;

    constructor(name: string, args: StageArgs, opts?: pulumi.CustomResourceOptions) {
        const outputs = {
            settingsDigest: undefined,
            manifestDigest: undefined,
            seconds: undefined,
            files: undefined,
            bytes: undefined,
        };
        super(provider, name, { ...outputs, ...args }, opts, "aframe", "Stage");
    }
}

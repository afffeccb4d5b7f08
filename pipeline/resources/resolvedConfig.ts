// The cfg that stages hand to law: written before the first of them runs.
import * as pulumi from "@pulumi/pulumi";

export interface ResolvedConfigArgs {
    /** Absolute. */
    path: string;
    text: string;
}

// Stored in the state as text, so it captures nothing and loads the code at hand; see stage.ts.
const provider = {
    async lifecycle() {
        const path = await import("node:path");
        const url = await import("node:url");
        const code = url.pathToFileURL(path.resolve("pipeline/stage/configFile.ts")).href;
        return (await import(code)) as typeof import("../stage/configFile.ts");
    },
    async check(_olds: ResolvedConfigArgs, news: ResolvedConfigArgs) {
        return (await this.lifecycle()).check(news);
    },
    async diff(_id: string, olds: ResolvedConfigArgs, news: ResolvedConfigArgs) {
        return (await this.lifecycle()).diff(olds, news);
    },
    async create(inputs: ResolvedConfigArgs) {
        return (await this.lifecycle()).create(inputs);
    },
    async update(_id: string, olds: ResolvedConfigArgs, news: ResolvedConfigArgs) {
        return (await this.lifecycle()).update(olds, news);
    },
    async read(id: string, props: ResolvedConfigArgs) {
        return (await this.lifecycle()).read(id, props);
    },
    async delete(_id: string, props: ResolvedConfigArgs) {
        return (await this.lifecycle()).remove(props);
    },
};

/** The file belongs to this resource: it is rewritten when it was edited by hand, and deleted with the stack. */
export class ResolvedConfig extends pulumi.dynamic.Resource {
    declare readonly path: pulumi.Output<string>;

    constructor(name: string, args: ResolvedConfigArgs, opts?: pulumi.CustomResourceOptions) {
        super(provider, name, { ...args }, opts, "aframe", "ResolvedConfig");
    }
}

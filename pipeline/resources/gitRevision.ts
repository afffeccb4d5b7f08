// The commit that a git ref named when the experiment first used it.
import * as pulumi from "@pulumi/pulumi";
import type { GitRevisionInputs } from "../revision/lifecycle.ts";

export interface GitRevisionArgs {
    /** As written by `parseRepository`. */
    url: string;
    /** Branch, tag or full commit. */
    ref: string;
    /** Private key for SSH; absolute. @default no key */
    keyFile?: string;
    /** Where the server's host key is; absolute. @default none */
    knownHostsFile?: string;
    checkHostKey: boolean;
}

// Stored in the state as text, so it captures nothing and loads the code at hand; see stage.ts.
const provider = {
    async lifecycle() {
        const path = await import("node:path");
        const url = await import("node:url");
        const code = url.pathToFileURL(path.resolve("pipeline/revision/lifecycle.ts")).href;
        return (await import(code)) as typeof import("../revision/lifecycle.ts");
    },
    async check(olds: GitRevisionInputs, news: GitRevisionInputs) {
        return (await this.lifecycle()).check(olds, news);
    },
    async diff(_id: string, olds: GitRevisionInputs, news: GitRevisionInputs) {
        return (await this.lifecycle()).diff(olds, news);
    },
    async create(inputs: GitRevisionInputs) {
        return (await this.lifecycle()).create(inputs);
    },
    async update(_id: string, _olds: GitRevisionInputs, news: GitRevisionInputs) {
        return (await this.lifecycle()).update(news);
    },
    async read(id: string, props: GitRevisionInputs) {
        return (await this.lifecycle()).read(id, props);
    },
    async delete() {},
};

/** Resolved once and kept in the state; another `url` or `ref`, or replacing the resource, resolves it anew. */
export class GitRevision extends pulumi.dynamic.Resource {
    /** The full commit. */
    declare readonly commit: pulumi.Output<string>;

    constructor(name: string, args: GitRevisionArgs, opts?: pulumi.CustomResourceOptions) {
        super(provider, name, { commit: undefined, ...args }, opts, "aframe", "GitRevision");
    }
}

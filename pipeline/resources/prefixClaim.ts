// The certainty that an S3 prefix is free, or this stack's own, before anything is written to it.
import * as pulumi from "@pulumi/pulumi";
import type { S3Location } from "../../config/settings.ts";
import type { S3Connection } from "../transfer/connection.ts";
import type { PrefixClaimInputs } from "../transfer/prefixClaim.ts";

export interface PrefixClaimArgs {
    location: S3Location;
    /** The stack that wants it. */
    owner: string;
    /** @default the usual AWS chain */
    s3?: pulumi.Input<S3Connection>;
}

// Stored in the state as text, so it captures nothing and loads the code at hand; see stage.ts.
const provider = {
    async lifecycle() {
        const path = await import("node:path");
        const url = await import("node:url");
        const code = url.pathToFileURL(path.resolve("pipeline/transfer/prefixClaim.ts")).href;
        return (await import(code)) as typeof import("../transfer/prefixClaim.ts");
    },
    async check(olds: PrefixClaimInputs, news: PrefixClaimInputs) {
        return (await this.lifecycle()).check(olds, news);
    },
    async diff(_id: string, olds: PrefixClaimInputs, news: PrefixClaimInputs) {
        return (await this.lifecycle()).diff(olds, news);
    },
    async create(inputs: PrefixClaimInputs) {
        return (await this.lifecycle()).create(inputs);
    },
    async update(_id: string, _olds: PrefixClaimInputs, news: PrefixClaimInputs) {
        return (await this.lifecycle()).update(news);
    },
    async read(id: string, props: PrefixClaimInputs) {
        return (await this.lifecycle()).read(id, props);
    },
    async delete() {},
};

/** Refuses a prefix whose ownership marker names another stack; the marker itself is written after it. */
export class PrefixClaim extends pulumi.dynamic.Resource {
    /** Tells this claim from that of another stack of the same name. */
    declare readonly claim: pulumi.Output<string>;

    constructor(name: string, args: PrefixClaimArgs, opts?: pulumi.CustomResourceOptions) {
        super(provider, name, { claim: undefined, ...args }, opts, "aframe", "PrefixClaim");
    }
}

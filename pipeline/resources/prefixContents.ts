// What lies under an S3 prefix of an experiment: nothing to create, but something to delete.
import * as pulumi from "@pulumi/pulumi";
import type { S3Location } from "../../config/settings.ts";
import type { S3Connection } from "../transfer/connection.ts";
import type { PrefixContentsState } from "../transfer/prefixContents.ts";

export interface PrefixContentsArgs {
    location: S3Location;
    /** What the prefix's ownership marker must say; see `ownerName`. */
    owner: pulumi.Input<string>;
    /** What deleting does with the objects. */
    artifacts: "retain" | "delete";
    /** @default the usual AWS chain */
    s3?: pulumi.Input<S3Connection>;
}

// Stored in the state as text, so it captures nothing and loads the code at hand; see stage.ts.
const provider = {
    async lifecycle() {
        const path = await import("node:path");
        const url = await import("node:url");
        const code = url.pathToFileURL(path.resolve("pipeline/transfer/prefixContents.ts")).href;
        return (await import(code)) as typeof import("../transfer/prefixContents.ts");
    },
    async check(_olds: PrefixContentsState, news: PrefixContentsState) {
        return (await this.lifecycle()).check(news);
    },
    async diff(_id: string, olds: PrefixContentsState, news: PrefixContentsState) {
        return (await this.lifecycle()).diff(olds, news);
    },
    async create(inputs: PrefixContentsState) {
        return (await this.lifecycle()).create(inputs);
    },
    async update(_id: string, _olds: PrefixContentsState, news: PrefixContentsState) {
        return (await this.lifecycle()).update(news);
    },
    async read(id: string, props: PrefixContentsState) {
        return (await this.lifecycle()).read(id, props);
    },
    async delete(_id: string, props: PrefixContentsState) {
        return (await this.lifecycle()).remove(props);
    },
};

/**
 * Creating it only checks that the prefix's ownership marker names this stack. Deleting it purges the prefix when
 * `artifacts` is `delete`; the marker itself belongs to another resource and stays.
 */
export class PrefixContents extends pulumi.dynamic.Resource {
    constructor(name: string, args: PrefixContentsArgs, opts?: pulumi.CustomResourceOptions) {
        super(provider, name, { ...args }, opts, "aframe", "PrefixContents");
    }
}

// A prefix on S3 that belongs to one stack.
import { BucketObjectv2 } from "@pulumi/aws/s3/bucketObjectv2.js";
import * as pulumi from "@pulumi/pulumi";
import type { S3Location } from "../config/settings.ts";
import { PrefixClaim } from "../pipeline/resources/prefixClaim.ts";
import { PrefixContents } from "../pipeline/resources/prefixContents.ts";
import type { S3Connection } from "../pipeline/transfer/connection.ts";
import { ownerMarkerName, ownerName } from "../pipeline/transfer/owner.ts";

export interface DataPrefixArgs {
    readonly location: S3Location;
    /** The stack's name. */
    readonly owner: string;
    /** Whether destroying the stack deletes the objects under the prefix. */
    readonly artifacts: "retain" | "delete";
    readonly s3: pulumi.Input<S3Connection>;
}

/**
 * Refuses a prefix that another stack owns, marks a free one as its own, and empties it at the end when asked to.
 * The bucket is not its business. What writes under the prefix depends on it, so that it is emptied after them.
 */
export class DataPrefix extends pulumi.ComponentResource {
    constructor(name: string, args: DataPrefixArgs, opts?: pulumi.ComponentResourceOptions) {
        super("aframe:index:DataPrefix", name, {}, opts);
        const { location, owner, artifacts, s3 } = args;
        // Writing the marker would silently overwrite another stack's, so this looks first.
        const claim = new PrefixClaim(name, { location, owner, s3 }, { parent: this });
        const marker = new BucketObjectv2(
            name,
            {
                bucket: location.bucket,
                key: `${location.prefix}/${ownerMarkerName}`,
                content: pulumi.jsonStringify({ stack: owner, project: "aframe", claim: claim.claim }),
                contentType: "application/json",
            },
            { parent: this, dependsOn: claim },
        );
        // Deleted before the marker, which it asks whether it may.
        const holder = claim.claim.apply((id) => ownerName(owner, id));
        new PrefixContents(name, { location, owner: holder, artifacts, s3 }, { parent: this, dependsOn: marker });
        this.registerOutputs({});
    }
}

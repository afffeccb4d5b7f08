// How to reach an S3 server, as a plain value that can be handed to resources.

/** Servers other than AWS's ignore the region, but a request's signature needs one. */
export const s3Region = "us-east-1";

export interface S3Connection {
    /** @default the AWS endpoint of the region */
    readonly endpoint?: string;
    /** @default `s3Region` */
    readonly region?: string;
    /** @default the usual AWS chain of the process that connects: environment, profile, … */
    readonly accessKeyId?: string;
    readonly secretAccessKey?: string;
    readonly sessionToken?: string;
}

// How to reach an S3 server, as a plain value that can be handed to resources.

export interface S3Connection {
    /** @default the AWS endpoint of the region */
    readonly endpoint?: string;
    /** @default "us-east-1", which servers other than AWS's ignore */
    readonly region?: string;
    /** @default the usual AWS chain of the process that connects: environment, profile, … */
    readonly accessKeyId?: string;
    readonly secretAccessKey?: string;
    readonly sessionToken?: string;
}

// The connection to the S3 server, any that speaks S3 and not only AWS's.
import { Provider } from "@pulumi/aws/provider.js";
import type * as pulumi from "@pulumi/pulumi";
import { s3Region } from "../pipeline/transfer/connection.ts";

export interface S3Credentials {
    readonly accessKeyId: pulumi.Output<string>;
    readonly secretAccessKey: pulumi.Output<string>;
}

/** Without `credentials` the provider uses the usual AWS chain, and none of them reach the state. */
export function createAwsProvider(
    name: string,
    endpoint: string | undefined,
    credentials: S3Credentials | undefined,
    opts: pulumi.ResourceOptions,
): Provider {
    return new Provider(
        name,
        {
            region: s3Region,
            ...(endpoint === undefined ? {} : { endpoints: [{ s3: endpoint }] }),
            ...(credentials && { accessKey: credentials.accessKeyId, secretKey: credentials.secretAccessKey }),
            s3UsePathStyle: true,
            // These ask services that only AWS has.
            skipCredentialsValidation: true,
            skipRequestingAccountId: true,
            skipMetadataApiCheck: true,
            skipRegionValidation: true,
        },
        opts,
    );
}

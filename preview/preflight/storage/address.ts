// Where this machine finds S3.
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { createClient } from "../../../pipeline/transfer/client.ts";
import type { S3Connection } from "../../../pipeline/transfer/connection.ts";
import { Unreachable } from "./unreachable.ts";

interface Target {
    readonly protocol: string;
    readonly hostname: string;
    readonly port?: number;
    readonly path: string;
}

/**
 * The configured one, else what the AWS SDK takes on its own: from this shell's AWS_ENDPOINT_URL, this machine's AWS
 * profile, or Amazon's. Throws Unreachable when that is no address.
 */
export async function findAddress(connection: S3Connection): Promise<string> {
    if (connection.endpoint !== undefined) return connection.endpoint;
    // Only a request shows what the SDK has decided; this one ends before it is signed and sent.
    const client = createClient({ ...connection, accessKeyId: "none", secretAccessKey: "none" });
    let target: Target | undefined;
    const show = ({ request }: { readonly request: unknown }) => {
        target = request as Target;
        return Promise.resolve({ response: undefined, output: { $metadata: {} } });
    };
    client.middlewareStack.add(() => show, { step: "build", priority: "high" });
    try {
        await client.send(new ListBucketsCommand({}));
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const message = `is not set, and AWS_ENDPOINT_URL or this machine's AWS profile name no address: ${reason}`;
        throw new Unreachable(message, "write the address of the S3 server");
    }
    if (target === undefined) throw new Error("the AWS SDK has made no request");
    const { protocol, hostname, port, path } = target;
    return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`.replace(/\/+$/, "");
}

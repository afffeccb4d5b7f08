// The aws provider plugin: S3 buckets and objects on any endpoint that speaks S3.
import { createRequire } from "node:module";
import { serve } from "../server.ts";
import { bucket, getBucket } from "./bucket.ts";
import { Connection, checkConnection } from "./connection.ts";
import { bucketObject } from "./object.ts";

const { version } = createRequire(import.meta.url)("@pulumi/aws/package.json") as { version: string };

let connection: Connection | undefined;
function connected(): Connection {
    if (connection === undefined) throw new Error("the aws provider is not configured yet");
    return connection;
}

const resources = new Map([
    ["aws:s3/bucket:Bucket", bucket(connected)],
    ["aws:s3/bucketObjectv2:BucketObjectv2", bucketObject(connected)],
]);

await serve({
    name: "aws",
    version,
    checkConfig: checkConnection,
    replacingConfig: (olds, news) => Promise.resolve(olds.region === news.region ? [] : ["region"]),
    configure: (config) => {
        connection = new Connection(config);
    },
    resource: (type) => resources.get(type),
    functions: { "aws:s3/getBucket:getBucket": async (args) => await getBucket(connected(), args) },
});

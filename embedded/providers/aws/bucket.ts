// aws:s3/bucket:Bucket and aws:s3/getBucket:getBucket. A bucket that holds anything is deleted only with forceDestroy.
import {
    type BucketLocationConstraint,
    CreateBucketCommand,
    DeleteBucketCommand,
    DeleteObjectCommand,
    HeadBucketCommand,
    ListObjectVersionsCommand,
} from "@aws-sdk/client-s3";
import { isUnknown, type PropertyMap, unknownValue } from "../../state/propertyValues.ts";
import { type Resource, text, unsupported } from "../provider.ts";
import type { Connection } from "./connection.ts";

export function bucket(connected: () => Connection): Resource {
    return {
        check: (_call, news, olds, uniqueName) => {
            const name = text(news, "bucket") || text(olds, "bucket") || uniqueName(7).toLowerCase();
            const failures = unsupported(news, ["bucket", "forceDestroy"], "the embedded aws provider");
            return Promise.resolve({ inputs: { ...news, bucket: name }, failures });
        },
        replaces: ([property]) => property === "bucket",
        deleteBeforeReplace: () => false,
        create: async (call, inputs) => {
            const name = text(inputs, "bucket");
            if (!call.preview) await create(connected(), name);
            return { id: name, state: stateOf(inputs, name, connected()) };
        },
        update: (_call, id, _state, inputs) => Promise.resolve(stateOf(inputs, id, connected())),
        read: async (_call, id, state, inputs) => {
            if (id === "" || !(await exists(connected(), id))) return undefined;
            return { state: stateOf(state, id, connected()), inputs: { ...inputs, bucket: id } };
        },
        delete: async (call, id, state) => {
            const connection = connected();
            if (!(await exists(connection, id))) return;
            if (state.forceDestroy === true) await empty(connection, id, call.signal);
            await connection.send(`delete bucket ${id}`, async (client) => {
                try {
                    await client.send(new DeleteBucketCommand({ Bucket: id }));
                } catch (error) {
                    if (!(error instanceof Error) || error.name !== "BucketNotEmpty") throw error;
                    throw new Error("it is not empty; forceDestroy deletes a bucket with all it holds", {
                        cause: error,
                    });
                }
            });
        },
    };
}

export async function getBucket(connection: Connection, args: PropertyMap): Promise<PropertyMap> {
    const name = text(args, "bucket");
    if (!(await exists(connection, name))) throw new Error(`there is no bucket "${name}" at ${connection.place}`);
    return { ...stateOf({}, name, connection), id: name };
}

async function create(connection: Connection, name: string): Promise<void> {
    // In some regions a second create succeeds; but what was there before is not ours to delete.
    if (await exists(connection, name)) {
        throw new Error(
            `the bucket "${name}" exists already at ${connection.place}: import it, or choose another name`,
        );
    }
    // The oldest region is the one that may not be named.
    const elsewhere = connection.region !== "us-east-1";
    const LocationConstraint = connection.region as BucketLocationConstraint;
    const settings = elsewhere ? { CreateBucketConfiguration: { LocationConstraint } } : {};
    const command = new CreateBucketCommand({ Bucket: name, ...settings });
    await connection.send(`create bucket ${name}`, (client) => client.send(command));
}

async function exists(connection: Connection, name: string): Promise<boolean> {
    const command = new HeadBucketCommand({ Bucket: name });
    return (await connection.find(`read bucket ${name}`, (client) => client.send(command))) !== undefined;
}

async function empty(connection: Connection, name: string, signal: AbortSignal): Promise<void> {
    await connection.send(`empty bucket ${name}`, async (client) => {
        for (let more = true; more; ) {
            // What a page lists is deleted before the next look, so that every look is at the first page.
            const page = await client.send(new ListObjectVersionsCommand({ Bucket: name }));
            for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
                signal.throwIfAborted();
                await client.send(new DeleteObjectCommand({ Bucket: name, Key, VersionId }));
            }
            more = page.IsTruncated === true;
        }
    });
}

function stateOf(inputs: PropertyMap, name: string, { region }: Connection): PropertyMap {
    return {
        ...inputs,
        arn: isUnknown(name) ? unknownValue : `arn:aws:s3:::${name}`,
        bucket: name,
        bucketDomainName: `${name}.s3.amazonaws.com`,
        bucketRegion: region,
        bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
        forceDestroy: inputs.forceDestroy ?? false,
        region,
    };
}

// Life cycle of an S3 prefix's contents; runs in the dynamic-provider process.
import { isDeepStrictEqual } from "node:util";
import type { S3Location } from "../../config/settings.ts";
import { clientFor } from "./client.ts";
import type { S3Connection } from "./connection.ts";
import { keyPrefix } from "./listing.ts";
import { assertOwner, ownerOf } from "./owner.ts";
import { purgePrefix } from "./purge.ts";
import { abortUploads } from "./unfinished.ts";

export interface PrefixContentsState {
    readonly location: S3Location;
    readonly owner: string;
    readonly artifacts: "retain" | "delete";
    readonly s3?: S3Connection;
}

export function check(news: PrefixContentsState) {
    return { inputs: news };
}

function recorded({ location, owner, artifacts, s3 }: PrefixContentsState): PrefixContentsState {
    return { location, owner, artifacts, ...(s3 && { s3 }) };
}

/** Another prefix is no replacement: that would end in deleting what the old one holds, which only destroy may do. */
export function diff(olds: PrefixContentsState, news: PrefixContentsState) {
    return { changes: !isDeepStrictEqual(recorded(olds), recorded(news)), replaces: [] };
}

export async function create(inputs: PrefixContentsState) {
    await assertOwner(clientFor(inputs.s3), inputs.location, inputs.owner);
    return { id: inputs.location.uri, outs: recorded(inputs) };
}

export async function update(news: PrefixContentsState) {
    await assertOwner(clientFor(news.s3), news.location, news.owner);
    return { outs: recorded(news) };
}

export function read(id: string, props: PrefixContentsState) {
    return { id, props: recorded(props) };
}

export async function remove(props: PrefixContentsState): Promise<void> {
    if (props.artifacts === "delete") {
        await purge(props);
    } else {
        await freeUnfinished(props);
    }
}

/** @param everyMs - pause between lines on how far it is */
export async function purge({ location, owner, s3 }: PrefixContentsState, everyMs = 10_000): Promise<void> {
    const start = performance.now();
    let deleted = 0;
    const timer = setInterval(() => {
        const rate = Math.round((deleted / (performance.now() - start)) * 1000);
        console.log(`deleting what is under ${location.uri}: ${deleted} objects so far, ${rate}/s`);
    }, everyMs);
    const onDeleted = (objects: number) => {
        deleted += objects;
    };
    try {
        const { objects } = await purgePrefix(clientFor(s3), location, owner, { onDeleted });
        console.log(`deleted ${objects} objects of ${location.uri}`);
    } finally {
        clearInterval(timer);
    }
}

/** Of all that stays, parts that no run will complete are of no use and hold space; not worth a failure, though. */
async function freeUnfinished({ location, owner, s3 }: PrefixContentsState): Promise<void> {
    const client = clientFor(s3);
    const options = { retries: 1 };
    try {
        const prefix = keyPrefix(location);
        if ((await ownerOf(client, location, options)) === owner) {
            await abortUploads(client, location.bucket, prefix, (key) => key.startsWith(prefix), options);
        }
    } catch (error) {
        console.log(`unfinished uploads of ${location.uri} may be left: ${(error as Error).message}`);
    }
}

// All that a command could leave behind: every file and folder of a laboratory, and everything in its bucket.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
    ListMultipartUploadsCommand,
    ListObjectVersionsCommand,
    type ListObjectVersionsCommandOutput,
    type S3Client,
} from "@aws-sdk/client-s3";

/** Place → what is there. */
export type Traces = ReadonlyMap<string, string>;

export async function tracesIn(folder: string, client: S3Client, bucket: string): Promise<Traces> {
    return new Map([...filesIn(folder), ...(await objectsIn(client, bucket))]);
}

/** What has come, gone or changed; nothing, when nothing was written, not even what was removed again. */
export function changesBetween(earlier: Traces, later: Traces): string[] {
    const places = new Set([...earlier.keys(), ...later.keys()]);
    return [...places].flatMap((place) => {
        const [was = "(nothing)", is = "(nothing)"] = [earlier.get(place), later.get(place)];
        return was === is ? [] : [`${place}: ${was} -> ${is}`];
    });
}

/** Links are not followed. A folder's own time tells of what came and went in it. */
function filesIn(file: string): [string, string][] {
    const found = lstatSync(file);
    const { mtimeMs, mode, size } = found;
    const content = found.isFile() ? createHash("sha256").update(readFileSync(file)).digest("hex") : "";
    const names = found.isDirectory() ? readdirSync(file) : [];
    return [
        [file, `${mode.toString(8)} ${size} ${mtimeMs} ${content}`],
        ...names.flatMap((name) => filesIn(path.join(file, name))),
    ];
}

/** Of a bucket that keeps versions, so that what was deleted again is there to be seen. */
async function objectsIn(client: S3Client, Bucket: string): Promise<Traces> {
    const traces = new Map<string, string>();
    let page: ListObjectVersionsCommandOutput | undefined;
    do {
        const from = { KeyMarker: page?.NextKeyMarker, VersionIdMarker: page?.NextVersionIdMarker };
        page = await client.send(new ListObjectVersionsCommand({ Bucket, ...from }));
        for (const { Key, VersionId, ETag = "deleted", LastModified } of [
            ...(page.Versions ?? []),
            ...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, ETag: undefined })),
        ]) {
            traces.set(`${Key ?? ""}?${VersionId ?? ""}`, `${ETag} ${LastModified?.toISOString() ?? ""}`);
        }
    } while (page.IsTruncated);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    for (const { Key, UploadId } of Uploads) traces.set(`upload of ${Key ?? ""}`, UploadId ?? "");
    return traces;
}

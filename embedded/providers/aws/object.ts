// aws:s3/bucketObjectv2:BucketObjectv2: one object, its content given as text, as base64 or as an asset.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
    DeleteObjectCommand,
    HeadObjectCommand,
    type HeadObjectCommandOutput,
    PutObjectCommand,
} from "@aws-sdk/client-s3";
import { containsUnknowns, isMap, isUnknown, type PropertyMap, unknownValue } from "../../state/propertyValues.ts";
import { at, type Failure, type Found, type Resource, text, unsupported } from "../provider.ts";
import type { Connection } from "./connection.ts";

const identity = ["bucket", "key"];
const contents = ["content", "contentBase64", "source"];
/** The last three have no place on the server: two only tell that the content changed. */
const inputNames = [...identity, ...contents, "contentType", "metadata", "etag", "sourceHash", "forceDestroy"];

export function bucketObject(connected: () => Connection): Resource {
    const put = async (inputs: PropertyMap): Promise<PropertyMap> => {
        const command = new PutObjectCommand({
            ...whereIs(inputs),
            Body: await contentOf(inputs),
            ...(text(inputs, "contentType") !== "" && { ContentType: text(inputs, "contentType") }),
            ...(isMap(inputs.metadata) && { Metadata: inputs.metadata as Record<string, string> }),
        });
        await connected().send(`write ${urlOf(inputs)}`, (client) => client.send(command));
        const head = await headOf(connected(), inputs);
        if (head === undefined) throw new Error(`${urlOf(inputs)} is not there right after it was written`);
        return stateOf(inputs, head);
    };
    /** What a creation has written whose end nobody heard of: the etag of an object that is written at once is its MD5. */
    const made = async (inputs: PropertyMap): Promise<Found | undefined> => {
        const head = await headOf(connected(), inputs);
        const digest = createHash("md5")
            .update(await contentOf(inputs))
            .digest("hex");
        if (head?.ETag?.replaceAll('"', "") !== digest) return undefined;
        return { id: idOf(inputs), state: stateOf(inputs, head), inputs };
    };
    /** What only the server decides is unknown in a preview. */
    const apply = async (preview: boolean, inputs: PropertyMap): Promise<PropertyMap> =>
        preview ? { ...inputs, arn: arnOf(inputs), etag: unknownValue, versionId: unknownValue } : await put(inputs);

    return {
        check: async (_call, inputs) => {
            const failures = problemsOf(inputs);
            if (failures.length > 0 || !isMap(inputs.source)) return { inputs, failures };
            // The content decides whether the object changed, not the path it is read from.
            const hash = createHash("sha256").update(await contentOf(inputs));
            return { inputs: { ...inputs, source: { ...inputs.source, hash: hash.digest("hex") } }, failures };
        },
        replaces: ([property]) => identity.includes(String(property)),
        deleteBeforeReplace: () => false,
        create: async ({ preview }, inputs) => ({ id: idOf(inputs), state: await apply(preview, inputs) }),
        update: async ({ preview }, _id, _state, inputs) => await apply(preview, inputs),
        read: async (_call, id, state, inputs) => {
            if (id === "") return await made(inputs);
            const where = text(state, "key") === "" ? parseId(id) : state;
            const head = await headOf(connected(), where);
            if (head === undefined) return undefined;
            const found = stateOf({ ...state, ...where }, head);
            return { state: found, inputs: refreshed({ ...inputs, ...pick(where, identity) }, state, found) };
        },
        delete: async (_call, _id, state) => {
            const command = new DeleteObjectCommand(whereIs(state));
            await connected().find(`delete ${urlOf(state)}`, (client) => client.send(command));
        },
    };
}

function problemsOf(inputs: PropertyMap): readonly Failure[] {
    const missing = identity.filter((property) => text(inputs, property) === "");
    const given = contents.filter((property) => inputs[property] !== undefined);
    const { source } = inputs;
    const readable = source === undefined || isUnknown(source) || text(source, "path") !== "" || at(source, "text");
    return [
        ...unsupported(inputs, inputNames, "the embedded aws provider"),
        ...missing.map((property) => ({ property, reason: "required" })),
        ...given.slice(1).map((property) => ({ property, reason: `conflicts with ${given[0] ?? ""}` })),
        ...(readable ? [] : [{ property: "source", reason: "must be a FileAsset or a StringAsset" }]),
    ];
}

/** Plugins run in the program's folder, which relative paths start from. */
async function contentOf(inputs: PropertyMap): Promise<Buffer> {
    const file = text(inputs, "source", "path");
    if (file !== "") return await readFile(file);
    const encoded = text(inputs, "contentBase64");
    return encoded === ""
        ? Buffer.from(text(inputs, "source", "text") || text(inputs, "content"))
        : Buffer.from(encoded, "base64");
}

async function headOf(connection: Connection, object: PropertyMap): Promise<HeadObjectCommandOutput | undefined> {
    const command = new HeadObjectCommand(whereIs(object));
    return await connection.find(`read ${urlOf(object)}`, (client) => client.send(command));
}

function stateOf(inputs: PropertyMap, head: HeadObjectCommandOutput): PropertyMap {
    return {
        ...inputs,
        arn: arnOf(inputs),
        contentType: head.ContentType ?? "",
        etag: head.ETag?.replaceAll('"', "") ?? "",
        forceDestroy: inputs.forceDestroy ?? false,
        metadata: head.Metadata ?? {},
        storageClass: head.StorageClass ?? "STANDARD",
        versionId: head.VersionId ?? "",
    };
}

/** The inputs as they are now. Content that somebody else wrote counts as none, so that the next update writes ours. */
function refreshed(inputs: PropertyMap, before: PropertyMap, now: PropertyMap): PropertyMap {
    const drifted = before.etag !== undefined && before.etag !== now.etag;
    const kept = Object.keys(inputs).filter((name) => !drifted || !contents.includes(name));
    return {
        ...pick(inputs, kept),
        ...pick(
            now,
            kept.filter((name) => name === "contentType" || name === "metadata"),
        ),
    };
}

function pick(map: PropertyMap, names: readonly string[]): PropertyMap {
    return Object.fromEntries(Object.entries(map).filter(([name]) => names.includes(name)));
}

function whereIs(object: PropertyMap): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: text(object, "bucket"), Key: text(object, "key") };
}

function idOf(object: PropertyMap): string {
    return `${text(object, "bucket")}/${text(object, "key")}`;
}

function urlOf(object: PropertyMap): string {
    return `s3://${idOf(object)}`;
}

function arnOf(object: PropertyMap): string {
    return containsUnknowns(pick(object, identity)) ? unknownValue : `arn:aws:s3:::${idOf(object)}`;
}

function parseId(id: string): PropertyMap {
    const [, bucket, key] = /^(?:s3:\/\/)?([^/]+)\/(.+)$/.exec(id) ?? [];
    if (bucket === undefined || key === undefined) throw new Error(`the id "${id}" is not of the form bucket/key`);
    return { bucket, key };
}

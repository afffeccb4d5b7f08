import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import asset from "@pulumi/pulumi/asset/asset.js";
import runtime from "@pulumi/pulumi/runtime/rpc.js";
import { text } from "../../../../embedded/providers/provider.ts";
import { type PropertyMap, secret, unknownValue } from "../../../../embedded/state/propertyValues.ts";
import { Plugin } from "../plugin.ts";
import { type S3Server, startS3Server } from "./moto.ts";

const Bucket = "aws:s3/bucket:Bucket";
const BucketObject = "aws:s3/bucketObjectv2:BucketObjectv2";
const main = fileURLToPath(new URL("../../../../embedded/providers/aws/main.ts", import.meta.url));

describe("the aws provider", () => {
    let server: S3Server;
    let plugin: Plugin;
    let client: S3Client;

    before(async () => {
        server = await startS3Server();
        client = new S3Client({
            endpoint: server.url,
            region: "us-east-1",
            forcePathStyle: true,
            credentials: { accessKeyId: "key", secretAccessKey: "secret" },
        });
        plugin = await Plugin.start([process.execPath, main]);
        await plugin.configure(settings(server.url));
        await plugin.create(Bucket, { bucket: "data" });
    });

    after(async () => {
        client.destroy();
        await plugin.stop();
        await server.stop();
    });

    const stored = async (key: string): Promise<string> => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: "data", Key: key }));
        return (await Body?.transformToString()) ?? "";
    };
    const checked = async (inputs: PropertyMap): Promise<PropertyMap> =>
        (await plugin.check(BucketObject, inputs)).inputs;

    it("takes the settings that @pulumi/aws sends and refuses the others by name", async () => {
        assert.deepEqual(await plugin.checkConfig(settings(server.url)), []);
        const [proxy, half] = await plugin.checkConfig({
            ...settings(server.url),
            httpProxy: "http://p",
            secretKey: "",
        });
        assert.match(proxy ?? "", /^httpProxy: not supported by the embedded aws provider, which takes region,/);
        assert.equal(half, "secretKey: accessKey and secretKey go together");
    });

    it("replaces everything when the region changes, and nothing when a key does", async () => {
        const olds = settings(server.url);
        assert.deepEqual((await plugin.diffConfig(olds, { ...olds, region: "eu-west-1" })).replacesList, ["region"]);
        const rotated = await plugin.diffConfig(olds, { ...olds, accessKey: "other" });
        assert.deepEqual([rotated.diffsList, rotated.replacesList], [["accessKey"], []]);
    });

    it("writes an object with its type and metadata, and keeps what was secret secret", async () => {
        const inputs = {
            bucket: "data",
            key: "run/.owner.json",
            content: secret('{"stack":"one"}'),
            contentType: "application/json",
            metadata: { stack: "one" },
        };
        const { id, state } = await plugin.create(BucketObject, await checked(inputs));
        assert.equal(id, "data/run/.owner.json");
        assert.equal(await stored("run/.owner.json"), '{"stack":"one"}');
        assert.deepEqual(state.content, inputs.content);
        assert.equal(state.etag, createHash("md5").update('{"stack":"one"}').digest("hex"));
        assert.equal(state.arn, "arn:aws:s3:::data/run/.owner.json");
        const head = await client.send(new HeadObjectCommand({ Bucket: "data", Key: "run/.owner.json" }));
        assert.deepEqual([head.ContentType, head.Metadata], ["application/json", { stack: "one" }]);
    });

    it("takes content as base64, as a string asset and as a file asset", async (t) => {
        const directory = await mkdtemp(path.join(tmpdir(), "asset-"));
        t.after(() => rm(directory, { recursive: true }));
        await writeFile(path.join(directory, "file"), "of the file");
        const sources = {
            base64: { contentBase64: Buffer.from("of base64").toString("base64") },
            text: { source: await wire(new asset.StringAsset("of the text")) },
            file: { source: await wire(new asset.FileAsset(path.join(directory, "file"))) },
        };
        for (const [key, source] of Object.entries(sources)) {
            await plugin.create(BucketObject, await checked({ bucket: "data", key, ...source }));
        }
        assert.deepEqual(
            [await stored("base64"), await stored("text"), await stored("file")],
            ["of base64", "of the text", "of the file"],
        );
    });

    it("sees that a file asset changed by its content", async (t) => {
        const directory = await mkdtemp(path.join(tmpdir(), "asset-"));
        t.after(() => rm(directory, { recursive: true }));
        const file = path.join(directory, "file");
        const inputs = { bucket: "data", key: "asset", source: await wire(new asset.FileAsset(file)) };
        await writeFile(file, "first");
        const first = await checked(inputs);
        assert.equal((await plugin.diff(BucketObject, first, await checked(inputs))).changes, 1);
        await writeFile(file, "second");
        assert.deepEqual((await plugin.diff(BucketObject, first, await checked(inputs))).diffsList, ["source"]);
    });

    it("updates content in place and replaces an object that moves", async () => {
        const inputs = { bucket: "data", key: "moving", content: "one" };
        const { id, state } = await plugin.create(BucketObject, inputs);
        const update = await plugin.diff(BucketObject, inputs, { ...inputs, content: "two" });
        assert.deepEqual([update.diffsList, update.replacesList], [["content"], []]);
        const updated = await plugin.update(BucketObject, id, state, { ...inputs, content: "two" });
        assert.equal(await stored("moving"), "two");
        assert.notEqual(updated.etag, state.etag);
        const move = await plugin.diff(BucketObject, inputs, { ...inputs, key: "moved" });
        assert.deepEqual([move.replacesList, move.deletebeforereplace], [["key"], false]);
    });

    it("writes nothing in a preview, and leaves unknown what the server decides", async () => {
        const { id, state } = await plugin.create(BucketObject, { bucket: "data", key: "preview", content: "x" }, true);
        assert.deepEqual([id, state.etag, state.arn], ["", unknownValue, "arn:aws:s3:::data/preview"]);
        assert.equal((await plugin.read(BucketObject, "data/preview")).id, "");
        const unknown = await plugin.create(BucketObject, { bucket: unknownValue, key: "preview" }, true);
        assert.equal(unknown.state.arn, unknownValue);
    });

    it("finds out that an object is gone, that it changed, and can import it", async () => {
        const inputs = { bucket: "data", key: "drifting", content: "ours", contentType: "text/plain" };
        const { id, state } = await plugin.create(BucketObject, inputs);
        assert.deepEqual((await plugin.read(BucketObject, id, state, inputs)).inputs, inputs);
        await client.send(
            new PutObjectCommand({ Bucket: "data", Key: "drifting", Body: "theirs", ContentType: "a/b" }),
        );
        const drifted = await plugin.read(BucketObject, id, state, inputs);
        assert.deepEqual(drifted.inputs, { bucket: "data", key: "drifting", contentType: "a/b" });
        assert.deepEqual((await plugin.read(BucketObject, "s3://data/drifting")).inputs, {
            bucket: "data",
            key: "drifting",
        });
        await plugin.delete(BucketObject, id, state);
        assert.equal((await plugin.read(BucketObject, id, state, inputs)).id, "");
        await plugin.delete(BucketObject, id, state);
    });

    it("finds by its content what a creation has written whose end nobody heard of", async () => {
        const inputs = { bucket: "data", key: "cut-off", content: "ours" };
        assert.equal((await plugin.read(BucketObject, "", {}, inputs)).id, "");
        const { id, state } = await plugin.create(BucketObject, inputs);
        assert.deepEqual(await plugin.read(BucketObject, "", {}, inputs), { id, state, inputs });
        assert.equal((await plugin.read(BucketObject, "", {}, { ...inputs, content: "theirs" })).id, "");
    });

    it("names every wrong input at once", async () => {
        const { failures } = await plugin.check(BucketObject, {
            bucket: "",
            key: "k",
            content: "a",
            contentBase64: "b",
            acl: "x",
        });
        assert.equal(failures.length, 3);
        assert.match(
            failures.join("\n"),
            /^acl: not supported .*\nbucket: required\ncontentBase64: conflicts with content$/,
        );
    });

    it("deletes a bucket that holds something only with forceDestroy", async () => {
        const { inputs } = await plugin.check(Bucket, { forceDestroy: true });
        assert.match(text(inputs, "bucket"), /^thing-[0-9a-f]{7}$/);
        assert.equal((await plugin.check(Bucket, {}, inputs)).inputs.bucket, inputs.bucket);
        const { id, state } = await plugin.create(Bucket, inputs);
        await plugin.create(BucketObject, { bucket: id, key: "a", content: "x" });
        await assert.rejects(
            plugin.delete(Bucket, id, { ...state, forceDestroy: false }),
            /it is not empty; forceDestroy/,
        );
        await plugin.delete(Bucket, id, state);
        assert.equal((await plugin.read(Bucket, id, state, inputs)).id, "");
        await plugin.delete(Bucket, id, state);
    });

    it("does not take over a bucket that exists", async () => {
        await assert.rejects(plugin.create(Bucket, { bucket: "data" }), /the bucket "data" exists already at http/);
    });

    it("tells of a bucket, or that there is none", async () => {
        const found = await plugin.invoke("aws:s3/getBucket:getBucket", { bucket: "data" });
        assert.deepEqual([found.id, found.bucket, found.arn], ["data", "data", "arn:aws:s3:::data"]);
        const absent = plugin.invoke("aws:s3/getBucket:getBucket", { bucket: "absent" });
        await assert.rejects(absent, /there is no bucket "absent" at http:\/\/127/);
    });

    it("says what it tried, and where, when the server refuses or is not there", async () => {
        const write = plugin.create(BucketObject, { bucket: "absent", key: "k" });
        await assert.rejects(write, /could not write s3:\/\/absent\/k at http:\/\/127.*: the bucket does not exist/);
        const lost = await Plugin.start([process.execPath, main]);
        await lost.configure({ ...settings("http://127.0.0.1:9"), maxRetries: "0" });
        await assert.rejects(
            lost.read(BucketObject, "data/k"),
            /could not read s3:\/\/data\/k at http:\/\/127.0.0.1:9: .*ECONNREFUSED/,
        );
        await lost.stop();
    });

    it("takes credentials from the usual chain when the settings have none", async () => {
        const environment = { AWS_ACCESS_KEY_ID: "from", AWS_SECRET_ACCESS_KEY: "environment" };
        const other = await Plugin.start([process.execPath, main], environment);
        const { accessKey: _a, secretKey: _s, ...keyless } = settings(server.url);
        await other.configure(keyless);
        assert.equal((await other.read(BucketObject, "data/absent")).id, "");
        await other.stop();
    });
});

/** As the SDK sends them: what is no text as JSON in a text. */
function settings(url: string): PropertyMap {
    return {
        region: "us-east-1",
        accessKey: "key",
        secretKey: "topsecret",
        endpoints: JSON.stringify([{ s3: url }]),
        s3UsePathStyle: "true",
        skipCredentialsValidation: "true",
        skipMetadataApiCheck: "true",
        skipRegionValidation: "true",
        skipRequestingAccountId: "true",
    };
}

async function wire(value: object): Promise<PropertyMap> {
    return (await runtime.serializeProperty("test", value)) as PropertyMap;
}

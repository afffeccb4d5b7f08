// All checks of S3 together, against a real server.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
    CreateMultipartUploadCommand,
    ListBucketsCommand,
    ListMultipartUploadsCommand,
    ListObjectVersionsCommand,
    PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { runChecks } from "../../../../preview/preflight/run.ts";
import { storageChecks } from "../../../../preview/preflight/storage/checks.ts";
import { put, startProxy, startS3 } from "../../../pipeline/fixtures/s3.ts";
import { ask, onS3, subjectOf } from "./asked.ts";

const { client, connection } = await startS3();
const { endpoint = "" } = connection;
const remote = { trainData: "s3://data/first/train", run: "s3://data/first/training" };

/** Everything that a write could have changed. */
async function contents() {
    const Bucket = "data";
    const [{ Buckets }, { Versions, DeleteMarkers }, { Uploads }] = await Promise.all([
        client.send(new ListBucketsCommand({})),
        client.send(new ListObjectVersionsCommand({ Bucket })),
        client.send(new ListMultipartUploadsCommand({ Bucket })),
    ]);
    return { Buckets, Versions, DeleteMarkers, Uploads };
}

describe("the checks of S3", () => {
    it("are not asked of an experiment that has nothing there", () => {
        assert.deepEqual(storageChecks(subjectOf({ s3: connection })), []);
    });

    it("find nothing where all is right, and say what they saw", async () => {
        assert.deepEqual(
            [...(await ask({ ...onS3, s3: connection }))],
            [
                ["endpoint", [`passed: Werkzeug at ${endpoint}`]],
                ["credentials", ["passed: keys of [luigi_s3]"]],
                ["bucket", ["passed: data"]],
                ["rights", ["passed: list, read and write under s3://data/first/train"]],
                ["ownership", ["passed: s3://data/first/train is free"]],
                ["clock", ["passed: in step with the S3 server's"]],
            ],
        );
    });

    it("ask for the pods' address too when training is remote", async () => {
        const said = await ask({ ...remote, s3: connection });
        assert.equal(said.size, 7);
        assert.match(said.get("endpoint for pods")?.[0] ?? "", /^failed: http:\/\/127\.0\.0\.1:\d+, as here$/);
        assert.deepEqual(said.get("rights"), [
            "passed: list, read and write under s3://data/first/train and s3://data/first/training",
        ]);
    });

    it("ask nobody when the address that was given is wrong, which the reading of the cfg has told", async () => {
        const subject = subjectOf({ ...onS3, s3: connection });
        const values = subject.settings.values.map((value) =>
            value.key === "endpoint_url" ? { ...value, replaced: true as const } : value,
        );
        const reports = await runChecks(storageChecks({ ...subject, settings: { ...subject.settings, values } }));
        assert.equal(reports.length, 6);
        for (const { status, summary } of reports) {
            assert.deepEqual([status, summary], ["skipped", "the address of the S3 server is wrong"]);
        }
    });

    it("leave buckets, versions and uploads as they were", async () => {
        const versioned = { Bucket: "data", VersioningConfiguration: { Status: "Enabled" } } as const;
        await client.send(new PutBucketVersioningCommand(versioned));
        await put(client, "first/train/background.hdf5", "strain");
        await put(client, "first/train/.aframe-owner.json", JSON.stringify({ project: "aframe", stack: "test" }));
        await client.send(new CreateMultipartUploadCommand({ Bucket: "data", Key: "first/train/signals.hdf5" }));
        const before = await contents();
        assert.equal(before.Versions?.length, 2);
        assert.equal(before.Uploads?.length, 1);
        await ask({ ...remote, s3: connection });
        await ask({ ...remote, s3: connection, stack: { createBucket: true } });
        await ask({ trainData: "s3://new/train", s3: connection, stack: { createBucket: true } });
        assert.deepEqual(await contents(), before);
    });

    it("ask each thing once, and put nothing but a part of an upload that was never begun", async () => {
        const proxy = await startProxy(endpoint);
        await ask({ ...onS3, s3: { ...connection, endpoint: proxy.endpoint } });
        assert.deepEqual(proxy.requests.toSorted(), [
            "GET /?x-id=ListBuckets",
            "GET /data/?list-type=2&max-keys=1&prefix=first%2Ftrain%2F",
            "GET /data/first/train/.aframe-owner.json?x-id=GetObject",
            "GET /data?location",
            "PUT /data/first/train/.aframe-write-probe?partNumber=1&uploadId=aframe-write-probe&x-id=UploadPart",
        ]);
    });
});

// Buckets that a real server has or has not; regions, which it does not have, from a double of Amazon's answers.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { put, startProxy, startS3 } from "../../../pipeline/fixtures/s3.ts";
import { askOne, onS3 } from "./asked.ts";

const { client, connection } = await startS3();
await client.send(new CreateBucketCommand({ Bucket: "ligo-strain" }));
const { endpoint = "" } = connection;
const s3 = connection;

const variable = (name: string) => `stack config aframe:environment.AFRAME_TRAIN_${name}_DIR:`;

describe("a bucket", () => {
    it("that is missing may be a misspelt one", async () => {
        assert.deepEqual(await askOne("bucket", { trainData: "s3://ligo-strian/train", s3 }), [
            "failed: ligo-strian: NoSuchBucket",
            `error: ${variable("DATA")} there is no bucket ligo-strian ` +
                "(did you mean ligo-strain? else aframe:createBucket: true makes it)",
        ]);
    });

    it("that is missing and is like none may be made", async () => {
        const [, finding] = await askOne("bucket", { trainData: "s3://something-else/train", s3 });
        assert.match(finding ?? "", /there is no bucket something-else \(aframe:createBucket: true makes it\)$/);
    });

    it("is looked at once for both directories, and each of two by itself", async () => {
        assert.deepEqual(await askOne("bucket", { ...onS3, run: "s3://data/run", s3 }), ["passed: data"]);
        const [status, finding, ...more] = await askOne("bucket", { ...onS3, run: "s3://results/run", s3 });
        assert.equal(status, "failed: data, results: NoSuchBucket");
        assert.match(finding ?? "", /AFRAME_TRAIN_RUN_DIR: there is no bucket results/);
        assert.deepEqual(more, []);
    });

    const doubled: readonly [string, string, RegExp][] = [
        [
            "PermanentRedirect",
            "<Endpoint>data.s3.eu-west-1.amazonaws.com</Endpoint>",
            /the bucket data is in another region, and Amazon's are used in us-east-1 only \(use a bucket in us-east-1/,
        ],
        ["AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>", /the bucket data is in eu-west-1, and Amazon's/],
        ["InvalidBucketName", "", /the server takes no bucket of the name data$/],
    ];
    for (const [code, detail, expected] of doubled) {
        it(`that is refused with ${code} is explained`, async () => {
            const proxy = await startProxy(endpoint);
            const body = `<Error><Code>${code}</Code>${detail}</Error>`;
            proxy.plan = (_, url) => (url.includes("list-type") ? { type: "answer", status: 400, body } : undefined);
            const said = await askOne("bucket", { ...onS3, s3: { ...connection, endpoint: proxy.endpoint } });
            assert.equal(said[0], `failed: data: ${code}`);
            assert.match(said[1] ?? "", expected);
        });
    }
});

describe("a bucket that is to be made", () => {
    const stack = { createBucket: true };

    it("must not be there yet", async () => {
        const trainData = "s3://brand-new/train";
        assert.deepEqual(await askOne("bucket", { trainData, s3, stack }), ["passed: brand-new will be made"]);
        assert.deepEqual(await askOne("bucket", { ...onS3, s3, stack }), [
            "warned: data is there already",
            `warning: ${variable("DATA")} the bucket data is there already, and aframe:createBucket makes one that must ` +
                "not be (remove aframe:createBucket, unless this very stack has just made the bucket)",
        ]);
    });

    it("may be there when the stack's own marker is in it", async () => {
        const marker = JSON.stringify({ project: "aframe", stack: "test", claim: "mine" });
        await put(client, "second/training/.aframe-owner.json", marker);
        const directories = { trainData: "s3://data/second/train", run: "s3://data/second/training" };
        assert.deepEqual(await askOne("bucket", { ...directories, s3, stack }), [
            "passed: data, with this stack's marker",
        ]);
    });

    it("is surely another's when the keys may not even list it", async () => {
        const proxy = await startProxy(endpoint);
        const body = "<Error><Code>AccessDenied</Code></Error>";
        proxy.plan = (_, url) => (/list-type|aframe/.test(url) ? { type: "answer", status: 403, body } : undefined);
        const [status] = await askOne("bucket", { ...onS3, s3: { ...connection, endpoint: proxy.endpoint }, stack });
        assert.equal(status, "failed: data is there already");
    });
});

// What users of a real server may and may not do; where none knows the case, a double of its answer.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startProxy } from "../../../pipeline/fixtures/s3.ts";
import { askOne, onS3 } from "./asked.ts";
import { startGuardedS3 } from "./guardedS3.ts";

const server = await startGuardedS3();
const users = {
    full: await server.user("full", "s3:ListAllMyBuckets", "s3:ListBucket", "s3:GetObject", "s3:PutObject"),
    reader: await server.user("reader", "s3:ListBucket", "s3:GetObject"),
    writer: await server.user("writer", "s3:ListBucket", "s3:PutObject"),
    blind: await server.user("blind", "s3:GetObject", "s3:PutObject"),
    nobody: await server.user("nobody", "sqs:SendMessage"),
};
await server.guard();

const variable = "error: stack config aframe:environment.AFRAME_TRAIN_DATA_DIR:";

describe("the rights under a prefix", () => {
    it("are all there for keys with just the three that are needed", async () => {
        assert.deepEqual(await askOne("rights", { ...onS3, s3: users.full }), [
            "passed: list, read and write under s3://data/first/train",
        ]);
    });

    const lacking: readonly [keyof typeof users, string, string][] = [
        ["reader", "write", "s3:PutObject on data/first/train/*"],
        ["writer", "read", "s3:GetObject on data/first/train/*"],
        ["blind", "list", "s3:ListBucket on data"],
        ["nobody", "list or write", "s3:ListBucket on data and s3:PutObject on data/first/train/*"],
    ];
    for (const [user, verbs, rights] of lacking) {
        it(`lack what ${user} may not do, each by its name`, async () => {
            const ask = `ask the owner of the bucket for ${rights}`;
            assert.deepEqual(await askOne("rights", { ...onS3, s3: users[user] }), [
                "failed: not all under s3://data/first/train",
                `${variable} the keys may not ${verbs} under s3://data/first/train (${ask})`,
            ]);
        });
    }

    it("are told for each directory", async () => {
        const run = "s3://data/first/training";
        const [, ...findings] = await askOne("rights", { ...onS3, run, s3: users.reader });
        assert.equal(findings.length, 2);
        assert.match(
            findings[1] ?? "",
            /AFRAME_TRAIN_RUN_DIR: the keys may not write under s3:\/\/data\/first\/training/,
        );
    });

    it("are of no use when the quota is used up", async () => {
        const { endpoint = "" } = users.full;
        const proxy = await startProxy(endpoint);
        // As Ceph says it; moto has no quotas.
        const body = "<Error><Code>QuotaExceeded</Code><BucketName>data</BucketName></Error>";
        proxy.plan = (method) => (method === "PUT" ? { type: "answer", status: 403, body } : undefined);
        const [, finding] = await askOne("rights", { ...onS3, s3: { ...users.full, endpoint: proxy.endpoint } });
        assert.equal(
            finding,
            `${variable} the quota of the bucket data, or of its owner, is used up (delete what is not needed, or ask for more)`,
        );
    });

    it("are not asked for where there is no bucket", async () => {
        const trainData = "s3://other/train";
        assert.deepEqual(await askOne("rights", { trainData, s3: users.full }), [
            "skipped: the bucket cannot be asked",
        ]);
    });

    it("are left open by a server that breaks down over the question", async () => {
        const { endpoint = "" } = users.full;
        const proxy = await startProxy(endpoint);
        const body = "<Error><Code>SlowDown</Code></Error>";
        proxy.plan = (method) => (method === "PUT" ? { type: "answer", status: 503, body } : undefined);
        const [first] = await askOne("rights", { ...onS3, s3: { ...users.full, endpoint: proxy.endpoint } });
        assert.match(first ?? "", /^warned: could not be told: /);
    });
});

describe("the claim of another stack", () => {
    it("is not known where the marker may not be read", async () => {
        assert.deepEqual(await askOne("ownership", { ...onS3, s3: users.writer }), [
            "skipped: the keys have not the right to ask",
        ]);
    });
});

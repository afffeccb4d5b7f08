// Keys that a real server knows or does not, and the places where they are found.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it, type TestContext } from "node:test";
import { temporaryDirectory } from "../../../components/fixture.ts";
import { startProxy } from "../../../pipeline/fixtures/s3.ts";
import { ask, askOne, onS3 } from "./asked.ts";
import { startGuardedS3 } from "./guardedS3.ts";
import { setVariables } from "./shell.ts";

const server = await startGuardedS3();
const mine = await server.user("me", "s3:ListBucket", "s3:GetObject", "s3:PutObject");
await server.guard();
const { endpoint = "", accessKeyId = "", secretAccessKey = "" } = mine;
const pair = { accessKeyId, secretAccessKey };

const unknown = { accessKeyId: "AKIACANARYUNKNOWN000", secretAccessKey: "canary-unknown" };
const misspelt = { accessKeyId, secretAccessKey: "canary-misspelt" };

describe("keys for S3", () => {
    const refused: readonly [string, Parameters<typeof ask>[0], RegExp][] = [
        [
            "an unknown id of the cfg",
            { s3: { endpoint, ...unknown } },
            /sandbox\.cfg:\d+: \[luigi_s3\] aws_access_key_id: http:\S+ does not know the access key id of \[luigi_s3\] \(/,
        ],
        [
            "an unknown id of the stack",
            { s3: { endpoint, ...pair }, stackKeys: unknown },
            /^error: aframe:s3AccessKeyId: http:\S+ does not know the access key id of the stack \(each S3 server has/,
        ],
        [
            "a wrong secret key of the cfg",
            { s3: { endpoint, ...misspelt } },
            /sandbox\.cfg:\d+: \[luigi_s3\] aws_secret_access_key: the secret key of \[luigi_s3\] is not the one of its/,
        ],
        [
            "a wrong secret key of the stack",
            { s3: { endpoint }, stackKeys: misspelt },
            /^error: aframe:s3SecretAccessKey: the secret key of the stack is not the one of its access key id \(copy it/,
        ],
    ];
    for (const [what, experiment, expected] of refused) {
        it(`are refused for ${what}, which is told once, at its place, and without showing it`, async () => {
            const said = await ask({ ...onS3, ...experiment });
            const [status, finding, ...more] = said.get("credentials") ?? [];
            assert.match(status ?? "", /^failed: keys of (\[luigi_s3\]|the stack): (InvalidAccess|SignatureDoes)/);
            assert.match(finding ?? "", expected);
            assert.deepEqual(more, []);
            for (const name of ["bucket", "rights", "ownership"]) {
                assert.deepEqual(said.get(name), ["skipped: there are no keys that the S3 server takes"]);
            }
            const all = [...said.values()].flat().join("\n");
            assert.doesNotMatch(all, /canary/i);
            assert.ok(!all.includes(accessKeyId));
        });
    }

    it("are accepted also when they may not list all buckets, and those of the stack come first", async () => {
        const keys = { s3: { endpoint, ...unknown }, stackKeys: pair };
        assert.deepEqual(await askOne("credentials", { ...onS3, ...keys }), ["passed: keys of the stack"]);
    });

    const answers: readonly [string, RegExp][] = [
        ["ExpiredToken", /the temporary keys of \[luigi_s3\] have expired \(get new ones/],
        ["InvalidToken", /the session token of \[luigi_s3\] does not belong to its keys/],
        ["UserSuspended", /http:\S+ does not take the keys of \[luigi_s3\]: UserSuspended \(ask those who run it\)/],
    ];
    for (const [code, expected] of answers) {
        it(`are told about in words when a double of a server answers ${code}`, async () => {
            const proxy = await startProxy(endpoint);
            const body = `<Error><Code>${code}</Code><AWSAccessKeyId>${accessKeyId}</AWSAccessKeyId></Error>`;
            proxy.plan = (_, url) => (url.includes("location") ? undefined : { type: "answer", status: 403, body });
            const [, finding] = await askOne("credentials", { ...onS3, s3: { ...mine, endpoint: proxy.endpoint } });
            assert.match(finding ?? "", expected);
            assert.ok(!finding?.includes(accessKeyId));
        });
    }
});

describe("keys of this machine", () => {
    /** Nothing of this machine's own, and what the test says. */
    function prepare(test: TestContext, values: Readonly<Record<string, string>> = {}): void {
        const names = [
            ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"],
            ...["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"],
        ];
        const none = Object.fromEntries(names.map((name) => [name, undefined]));
        setVariables(test, { ...none, HOME: temporaryDirectory(), AWS_EC2_METADATA_DISABLED: "true", ...values });
    }

    const ownKeys = () => askOne("credentials", { ...onS3, s3: { endpoint }, environment: process.env });

    it("are taken from the shell", async (test) => {
        prepare(test, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
        assert.deepEqual(await ownKeys(), ["passed: keys of this shell's AWS_ACCESS_KEY_ID"]);
    });

    it("are taken from the AWS profile", async (test) => {
        const file = path.join(temporaryDirectory(), "credentials");
        const lines = [`aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`];
        writeFileSync(file, ["[work]", ...lines].join("\n"));
        prepare(test, { AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: "work" });
        assert.deepEqual(await ownKeys(), ["passed: keys of this machine's AWS profile work"]);
    });

    it("are told to be missing, with the ways to give them", async (test) => {
        prepare(test);
        const said = await ask({ ...onS3, s3: { endpoint }, environment: process.env });
        assert.deepEqual(said.get("credentials"), [
            "failed: there are none",
            "error: sandbox.cfg:12: [luigi_s3] aws_access_key_id: is not set, and neither the stack nor this machine's AWS " +
                "configuration has keys for S3 (aframe config set --secret for both s3AccessKeyId and " +
                "s3SecretAccessKey, or both keys in [luigi_s3] or ~/.aws/credentials)",
        ]);
        assert.deepEqual(said.get("bucket"), ["skipped: there are no keys that the S3 server takes"]);
    });

    it("are warned of when they end while a pod trains", async (test) => {
        const file = path.join(temporaryDirectory(), "credentials");
        const keys = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
        const answer = path.join(temporaryDirectory(), "keys.json");
        writeFileSync(answer, JSON.stringify({ ...keys, Expiration: "2999-01-01T00:00:00Z" }));
        writeFileSync(file, `[default]\ncredential_process = cat ${answer}\n`);
        prepare(test, { AWS_SHARED_CREDENTIALS_FILE: file });
        const remote = { trainData: "s3://data/first/train", run: "s3://data/first/training" };
        assert.deepEqual(await askOne("credentials", { ...remote, s3: { endpoint }, environment: process.env }), [
            "warned: keys of this machine's AWS profile default",
            "warning: the keys of this machine's AWS profile default end at 2999-01-01T00:00:00.000Z, and the training pod " +
                "cannot renew them (give the stack keys that last)",
        ]);
        assert.deepEqual(await ownKeys(), ["passed: keys of this machine's AWS profile default"]);
    });
});

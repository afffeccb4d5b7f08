// `aframe verify` as it is run, on artefacts that real stages made, a real S3 server and the states of operations.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { renameSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, it } from "node:test";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { put, startProxy, startS3 } from "../pipeline/fixtures/s3.ts";
import { installPulumi, passphrase, writeState } from "./experimentState.ts";
import { assertForm } from "./jsonSchemas.ts";
import { Terminal } from "./terminal.ts";
import { TrainedExperiment, trainingData } from "./trainedExperiment.ts";

const server = await startS3();
const { client, connection } = server;
const proxy = await startProxy(connection.endpoint ?? "");
const experiment = await TrainedExperiment.make(server, proxy.endpoint);
const { checkout, directory } = experiment;

beforeEach(() => {
    proxy.plan = () => undefined;
    writeState(checkout, { resources: experiment.resources() });
});

const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");

const environment = {
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    AWS_ACCESS_KEY_ID: connection.accessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: connection.secretAccessKey ?? "",
};
const verify = (args: readonly string[] = [], extra: Record<string, string> = {}) =>
    checkout.run("aframe", ["verify", ...args], { ...environment, ...extra });

interface Answer {
    readonly right: boolean;
    readonly deep: boolean;
    readonly copies: readonly { readonly stage: string; readonly kind: string; readonly state: string }[];
    readonly unlisted: readonly { readonly uri: string; readonly names: readonly string[] }[];
}

async function answer(args: readonly string[] = [], extra: Record<string, string> = {}) {
    const { code, stdout, stderr } = await verify(["--json", ...args], extra);
    assert.equal(stderr, "");
    const json = assertForm("verify", stdout) as Answer;
    return { code, json, copies: json.copies.map(({ stage, kind, state }) => [stage, kind, state].join(" ")) };
}

const allRight = [
    ...trainingData.flatMap((name) => [`${name} s3 right`, `${name} mirror right`]),
    ...["FetchTest here right", "TestingWaveforms here right", "Train s3 right"],
    ...["ExportLocal here not made", "SandboxInfer here not made", "SandboxSV here not made"],
];

describe("aframe verify", () => {
    it("shows each stage in each place, and that all is right", async () => {
        const { code, stdout, stderr } = await verify();
        assert.deepEqual([code, stderr], [0, ""]);
        const [head, fetchTrain, mirror, ...rest] = stdout.split("\n").map((line) => line.split(/ {2,}/));
        assert.deepEqual(head, ["Stage", "Where", "Files", "Bytes", "State"]);
        assert.deepEqual(fetchTrain, ["FetchTrain", "s3://data/exp/data", "1", "10 B", "right"]);
        assert.deepEqual(mirror, ["FetchTrain", "mirror/data/train", "1", "10 B", "right"]);
        assert.ok(rest.some(([first, , last]) => first === "SandboxSV" && last === "not made yet"));
        assert.match(stdout, /\n\nAll right: 9 files, 124 B \(by sizes, times and recorded SHA-256; --deep /);
    });

    it("gives the same as JSON, reading every byte when asked to", async () => {
        const { code, json, copies } = await answer(["--deep"]);
        assert.deepEqual([code, json.right, json.deep], [0, true, true]);
        assert.deepEqual(copies, allRight);
    });

    it("names what is wrong below the table, says what to do, and ends with 1", async () => {
        const sha256 = sha256Of("FetchTrain");
        await put(client, "exp/data/background/a.hdf5", "FetchTraiN", { sha256 });
        await client.send(new DeleteObjectCommand({ Bucket: "data", Key: "exp/data/val_waveforms.hdf5" }));
        await put(client, "exp/data/notes.txt", "mine");
        const quick = await verify();
        assert.equal(quick.code, 1);
        assert.match(quick.stdout, /^FetchTrain +s3:\S+ +1 +10 B +right$/m);
        assert.match(quick.stdout, /^ValidationWaveforms +s3:\S+ +1 +19 B +damaged: 1 missing$/m);
        assert.match(
            quick.stdout,
            /^ValidationWaveforms in s3:\/\/data\/exp\/data:\n {4}val_waveforms\.hdf5 is missing\n/m,
        );
        assert.match(
            quick.stdout,
            /^note: s3:\/\/data\/exp\/data has 1 object \(4 B\) that no manifest lists: notes\.txt$/m,
        );
        assert.match(quick.stdout, /\nNot right: ValidationWaveforms\naframe refresh and aframe up bring back/);

        const deep = await verify(["--deep"]);
        assert.equal(deep.code, 1);
        assert.match(deep.stdout, /^ {4}background\/a\.hdf5 has other contents: SHA-256 \w+, not \w+$/m);
        assert.match(
            deep.stdout,
            /\nNot right: FetchTrain, ValidationWaveforms\ndelete what has other contents, which /,
        );

        await put(client, "exp/data/background/a.hdf5", "FetchTrain", { sha256 });
        await client.send(new DeleteObjectCommand({ Bucket: "data", Key: "exp/data/notes.txt" }));
        await put(client, "exp/data/val_waveforms.hdf5", "ValidationWaveforms", {
            sha256: sha256Of("ValidationWaveforms"),
        });
        assert.deepEqual((await answer()).copies, allRight);
    });

    it("finds that the model was trained on other data than is there, and files made from others", async () => {
        writeState(checkout, { resources: experiment.resources({ FetchTrain: "another" }) });
        const { code, stdout } = await verify();
        assert.equal(code, 1);
        assert.match(stdout, /^Train +s3:\S+ +1 +7 B +outdated$/m);
        assert.match(stdout, /^ {4}FetchTrain has other files there now than it was trained on$/m);
        assert.match(stdout, /\nNot right: Train\naframe preview tells what the next up would make again\n$/);
    });

    it("leaves out what an operation has begun, also since the look began", async () => {
        const validation = experiment.resources().find(({ urn }) => urn.endsWith("exp-ValidationWaveforms"));
        assert.ok(validation);
        const running = {
            resources: experiment.resources(),
            pendingOperations: [{ resource: validation, type: "updating" }],
        } as const;
        const key = "exp/data/val_waveforms.hdf5";
        await client.send(new DeleteObjectCommand({ Bucket: "data", Key: key }));
        writeState(checkout, running);
        const begun = await answer();
        writeState(checkout, { resources: experiment.resources() });
        proxy.plan = () => {
            writeState(checkout, running);
            return undefined;
        };
        const meanwhile = await answer();
        proxy.plan = () => undefined;
        for (const { code, copies } of [begun, meanwhile]) {
            assert.equal(code, 0);
            assert.ok(copies.includes("ValidationWaveforms s3 started"));
            assert.ok(copies.includes("FetchTrain s3 right"));
        }
        await put(client, key, "ValidationWaveforms", { sha256: sha256Of("ValidationWaveforms") });
    });

    it("judges what a destroy has kept by manifests and records, with nothing in the state", async () => {
        writeState(checkout, { resources: [] });
        const { code, json, copies } = await answer();
        assert.deepEqual([code, copies], [0, allRight]);
        assert.doesNotMatch(JSON.stringify(json), /cannot be told/);
        experiment.setStackConfig(["aframe:settings", "luigi_Train", "seed"], "12345");
        assert.match((await verify()).stdout, /^ {4}note: it cannot be told from here to have trained on these data/m);
        const records = path.join(directory, ".aframe/records");
        renameSync(records, `${records} away`);
        const elsewhere = await answer();
        renameSync(`${records} away`, records);
        assert.deepEqual(
            elsewhere.copies.filter((line) => line.endsWith(" right")),
            [...trainingData, "Train"].map((name) => `${name} s3 right`),
        );
    });

    it("reads the state of the Pulumi CLI in the same way", async () => {
        const extra = installPulumi(checkout, { resources: experiment.resources(), pendingOperations: [] });
        const { code, copies } = await answer([], extra);
        assert.deepEqual([code, copies], [0, allRight]);
        const file = path.join(directory, "data/test/segments.txt");
        renameSync(file, `${file} away`);
        assert.ok((await answer([], extra)).copies.includes("FetchTest here damaged"));
        renameSync(`${file} away`, file);
    });

    it("uses the keys of the stack, says that S3 refuses them without showing one, and judges the rest", async () => {
        const keys = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_EC2_METADATA_DISABLED: "true" };
        assert.match((await verify([], keys)).stdout, /^ {4}listing s3:\S+ CredentialsProviderError/m);
        for (const [key, value] of Object.entries({ s3AccessKeyId: "AKIASTACK", s3SecretAccessKey: "CANARY" })) {
            const set = await checkout.run("aframe", ["config", "set", "--secret", key], environment, (child) => {
                child.stdin?.write(value);
            });
            assert.equal(set.code, 0, set.stderr);
        }
        assert.match((await verify([], keys)).stdout, /^FetchTrain +s3:\S+ +1 +10 B +right$/m);
        proxy.plan = () => ({ type: "answer", status: 403, body: "<Error><Code>AccessDenied</Code></Error>" });
        const { code, stdout, stderr } = await verify([], keys);
        assert.equal(code, 1);
        assert.match(stdout, /^FetchTrain +s3:\S+ +cannot be looked at$/m);
        assert.match(stdout, /^TestingWaveforms +data\/test +1 +16 B +right$/m);
        assert.ok(!`${stdout}${stderr}`.includes("CANARY"));
    });

    it("shows on a terminal how much is read, and ends with 130 by Ctrl-C", async () => {
        const key = /\/exp\/run\/model\.pt/;
        proxy.plan = (method, url) => (method === "GET" && key.test(url) ? { type: "stall" } : undefined);
        const aframe = path.join(checkout.checkout, "bin/aframe");
        const terminal = new Terminal({ ...checkout.environment, ...environment }, `${aframe} verify --deep`);
        await terminal.until("read 117 B of 124 B (94 %), ");
        terminal.type("\u0003");
        assert.equal(await terminal.ended, 130);
    });

    it("ends with 2 for an option that it does not have", async () => {
        const { code, stderr } = await verify(["--depe"]);
        assert.deepEqual([code, stderr], [2, "error: unknown option --depe (did you mean --deep?)\n"]);
    });
});

// `aframe status` and `aframe logs` as they are run, on states that operations leave.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import type { Snapshot } from "../../embedded/state/checkpoint.ts";
import type { TrainingTarget } from "../../pipeline/training/report.ts";
import { put, startS3 } from "../pipeline/fixtures/s3.ts";
import { ApiServer } from "../pipeline/training/apiServer.ts";
import { putModel } from "../pipeline/training/model.ts";
import { atWork, finished } from "../pipeline/training/objects.ts";
import { trainingTarget } from "../pipeline/training/target.ts";
import { TestCheckout } from "./checkout.ts";
import {
    installPulumi,
    kubernetesProvider,
    passphrase,
    stage,
    trainingJob,
    trainingRun,
    writeState,
} from "./experimentState.ts";
import { assertForm } from "./jsonSchemas.ts";

const { client, connection } = await startS3();
const cluster = new ApiServer();
await cluster.start();
const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
// The engine wants to see the program, but does not run it for a look.
writeFileSync(path.join(checkout.checkout, "index.ts"), "");
await checkout.run("aframe-init", ["offline", "-d", checkout.path("exp")]);

let count = 0;
let target: TrainingTarget;
let waitingForTraining: Snapshot;

const data = [
    stage("FetchTrain", { manifestDigest: "d", seconds: 65.2, files: 3, bytes: 6_600_000 }),
    stage("TrainingWaveforms", { manifestDigest: "d", seconds: 3 }),
];

beforeEach(() => {
    count += 1;
    cluster.clear();
    target = trainingTarget(`status/${count}/run`, connection);
    waitingForTraining = {
        resources: [...data, kubernetesProvider(target), trainingJob(target)],
        pendingOperations: [{ resource: trainingRun(target), type: "creating" }],
    };
});

const notBegun = (name: string) => ({ name, state: "not begun", seconds: 0, files: 0, bytes: 0 });

const environment = () => ({ KUBECONFIG: process.env.KUBECONFIG ?? "", PULUMI_CONFIG_PASSPHRASE: passphrase });
const run = (args: readonly string[], extra: Record<string, string> = {}) =>
    checkout.run("aframe", args, { ...environment(), ...extra });
async function status(extra: Record<string, string> = {}) {
    const { code, stdout, stderr } = await run(["status", "--json"], extra);
    return {
        code,
        stderr,
        json: assertForm("status", stdout) as { training?: Record<string, unknown>; problems: string[] },
    };
}

describe("aframe status", () => {
    it("says that a stack has not run yet, and so do the logs", async () => {
        const { code, stdout } = await run(["status"]);
        const next = "Next  exp has not run yet, or has been destroyed: aframe up runs it\n";
        assert.deepEqual([code, stdout], [0, next]);
        const logs = await run(["logs"]);
        assert.deepEqual(
            [logs.code, logs.stderr],
            [1, "error: exp has not run yet, or has been destroyed, so there are no logs\n"],
        );
    });

    it("shows the stages alone, and asks neither cluster nor S3, for a training on this machine", async () => {
        const pending = stage("TrainLocal", {});
        writeState(checkout, {
            resources: [...data, stage("ExportLocal", { manifestDigest: "d", damaged: ["model.plan"] })],
            pendingOperations: [{ resource: pending, type: "creating" }],
        });
        const { code, stdout, stderr } = await run(["status"]);
        assert.equal(stderr, "");
        assert.deepEqual(
            stdout.split("\n").map((line) => line.split(/ {2,}/)),
            [
                ["Stage", "State", "Time", "Files", "Size"],
                ["FetchTrain", "succeeded", "1 min 05 s", "3", "6.6 MB"],
                ["TrainingWaveforms", "succeeded", "3.0 s"],
                ["ValidationWaveforms", "not begun"],
                ["FetchTest", "not begun"],
                ["TestingWaveforms", "not begun"],
                ["TrainLocal", "running or interrupted"],
                ["ExportLocal", "damaged"],
                ["SandboxInfer", "not begun"],
                ["SandboxSV", "not begun"],
                [""],
                ["Next", "nothing while aframe up runs; if it was interrupted, aframe up goes on from there"],
                [""],
            ],
        );
        assert.equal(code, 0);
        assert.deepEqual(cluster.requests, []);
        const logs = await run(["logs"]);
        assert.match(
            logs.stderr,
            /^error: exp has no training on a cluster; logs of the stages are in .*\/exp\/logs\n$/,
        );
    });

    it("shows the training that an up waits for, from its pending operation", async () => {
        writeState(checkout, waitingForTraining);
        cluster.put(atWork);
        await put(client, `${target.runDir.prefix}/lightning_logs/version_0/metrics.csv`, "epoch,loss\n3,0.41\n");
        const { code, stdout, stderr } = await run(["status"]);
        assert.deepEqual([code, stderr], [0, ""]);
        assert.match(stdout, /^Training {2}training for \d+ h \d\d min\n +training in pod p\n/m);
        assert.match(stdout, /^Job +aframe-test in physics \(context nautilus\)\nPod +p on no node yet, try 1\n/m);
        assert.match(stdout, /^GPUs +0 requested\nMetrics +epoch 3, loss 0\.41\n/m);
    });

    it("finds the training by its Job alone when the wait for it was interrupted", async () => {
        const resources = [...waitingForTraining.resources];
        writeState(checkout, { resources });
        cluster.put(atWork);
        const { json } = await status({ AWS_ENDPOINT_URL: connection.endpoint ?? "" });
        assert.equal(json.training?.state, "training");
        assert.deepEqual(json.training.job, { name: "aframe-test", context: "nautilus", namespace: "physics" });
    });

    it("tells a training that finished from a Job that was deleted before, as JSON", async () => {
        writeState(checkout, { resources: [...data, trainingRun(target)] });
        cluster.put({});
        const before = await status();
        assert.deepEqual([before.code, before.json.training?.state], [0, "gone"]);
        await putModel(client, target);
        const { code, json } = await status();
        assert.equal(code, 0);
        assert.deepEqual(json, {
            stack: "exp",
            stages: [
                { name: "FetchTrain", state: "succeeded", seconds: 65.2, files: 3, bytes: 6_600_000 },
                { name: "TrainingWaveforms", state: "succeeded", seconds: 3, files: 0, bytes: 0 },
                ...["ValidationWaveforms", "FetchTest", "TestingWaveforms"].map(notBegun),
                ...["TrainLocal", "ExportLocal", "SandboxInfer", "SandboxSV"].map(notBegun),
            ],
            training: {
                state: "succeeded",
                reason: "training finished; its Job is not on the cluster any more",
                since: "2026-03-01T12:00:00.000Z",
                seconds: 12.5,
                job: { name: "aframe-test", context: "nautilus", namespace: "physics" },
                model: `${target.runDir.uri}/model.pt`,
            },
            next: "aframe up goes on",
            problems: [],
        });
    });

    it("shows the stages of the state alone where the configuration cannot be read", async () => {
        const text = readFileSync(checkout.stackFile("exp"), "utf8");
        writeFileSync(checkout.stackFile("exp"), text.replace("AFRAME_RESULTS_DIR", "AFRAME_OTHER"));
        writeState(checkout, { resources: data });
        const { code, stdout } = await run(["status"]);
        writeFileSync(checkout.stackFile("exp"), text);
        assert.equal(code, 0);
        assert.deepEqual(stdout.match(/^\w+ {2,}(succeeded|not begun)/gm)?.length, 2);
    });

    it("says in one line that the cluster cannot be reached, and shows the rest", async () => {
        writeState(checkout, waitingForTraining);
        cluster.fault = () => 503;
        const { code, stdout, stderr } = await run(["status"]);
        assert.equal(code, 1);
        assert.equal(stderr, "warning: the cluster (context nautilus) cannot be looked at: as told (HTTP 503)\n");
        assert.match(stdout, /FetchTrain[\s\S]*^Training +unknown$/m);
    });

    it("does without S3 where the passphrase is another, and never shows a key", async () => {
        writeState(checkout, waitingForTraining);
        cluster.put(atWork);
        const { code, json, stderr } = await status({ PULUMI_CONFIG_PASSPHRASE: "another" });
        assert.deepEqual([code, json.training?.state], [0, "training"]);
        assert.match(stderr, /^warning: S3 cannot be looked at, since its keys in the state cannot be opened: /);
        const all = [await run(["status"]), await run(["status", "--json"])];
        assert.ok(!JSON.stringify([all, json, stderr]).includes(connection.secretAccessKey ?? ""));
    });

    it("reads the state of the Pulumi CLI in the same way", async () => {
        const extra = installPulumi(checkout, waitingForTraining);
        cluster.put(finished);
        await putModel(client, target);
        const { code, json } = await status(extra);
        assert.deepEqual([code, json.training?.state, json.problems], [0, "succeeded", []]);
        const { stdout } = await run(["status"], installPulumi(checkout, undefined));
        assert.match(stdout, /^Next {2}exp has not run yet/);
    });
});

describe("aframe logs", () => {
    it("prints the log alone on standard output", async () => {
        writeState(checkout, waitingForTraining);
        cluster.put(atWork);
        cluster.write("p/train", "epoch 1\n");
        const { code, stdout, stderr } = await run(["logs"]);
        assert.deepEqual([code, stdout, stderr], [0, "epoch 1\n", "aframe: train of pod p\n"]);
    });

    it("gives each line as JSON, with its time where the cluster tells it", async () => {
        writeState(checkout, waitingForTraining);
        cluster.put(atWork);
        cluster.write("p/train", 'epoch 1\n"loss": 0.5\n');
        const lines = async () => {
            const { code, stdout } = await run(["logs", "--json"]);
            assert.equal(code, 0);
            return stdout
                .trimEnd()
                .split("\n")
                .map((text) => assertForm("logs", text) as { time?: string });
        };
        const found = await lines();
        assert.deepEqual(
            found.map(({ time, ...rest }) => [Number.isFinite(Date.parse(time ?? "")), rest]),
            ["epoch 1", '"loss": 0.5'].map((line) => [true, { pod: "p", container: "train", line }]),
        );
        cluster.fault = () => 503;
        await put(client, `${target.runDir.prefix}/logs/p/train.log`, "epoch 1\nkilled");
        assert.deepEqual(
            await lines(),
            ["epoch 1", "killed"].map((line) => ({ pod: "p", container: "train", line })),
        );
    });

    it("falls back to S3, and fails with the containers that have logs", async () => {
        writeState(checkout, waitingForTraining);
        cluster.fault = () => 503;
        await put(client, `${target.runDir.prefix}/logs/p/fetch-data.log`, "all files\n");
        const { code, stdout } = await run(["logs"]);
        assert.deepEqual([code, stdout], [0, "all files\n"]);
        const missing = await run(["logs", "--container", "train"]);
        assert.equal(missing.code, 1);
        assert.match(missing.stderr, /^error: there is no log of train .*; there are logs of fetch-data$/m);
    });

    it("follows until Ctrl-C, and ends with 130", async () => {
        writeState(checkout, waitingForTraining);
        cluster.put(atWork);
        cluster.write("p/train", "epoch 1\n");
        const { code, stdout } = await checkout.run("aframe", ["logs", "-f"], environment(), (child) => {
            child.stdout?.once("data", () => child.kill("SIGINT"));
        });
        assert.deepEqual([code, stdout], [130, "epoch 1\n"]);
    });

    it("knows the containers that there are", async () => {
        const { code, stderr } = await run(["logs", "--container", "trian"]);
        assert.equal(code, 2);
        assert.equal(stderr, 'error: --container is "trian"; allowed: git-sync, fetch-data, train\n');
    });
});

// Follows trainings on an API server that plays them, with their models on a real S3 server.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { create, diff, read, update } from "../../../pipeline/training/lifecycle.ts";
import { followTraining } from "../../../pipeline/training/run.ts";
import type { TrainingRunInputs, TrainingRunOutputs } from "../../../pipeline/training/state.ts";
import { put, startS3 } from "../fixtures/s3.ts";
import { ApiServer } from "./apiServer.ts";
import { putModel as putModelOf } from "./model.ts";
import { atWork, ended, finished, job, jobCondition, pod, queued, waiting } from "./objects.ts";
import { trainingTarget } from "./target.ts";

const { client, connection } = await startS3();
const directory = mkdtempSync(path.join(tmpdir(), "aframe-training-"));
after(() => {
    rmSync(directory, { recursive: true, force: true });
});

const cluster = new ApiServer();
await cluster.start();

let count = 0;
let inputs: TrainingRunInputs;
let said: string[];

beforeEach(() => {
    count += 1;
    said = [];
    cluster.clear();
    inputs = { ...trainingTarget(`${count}/run`, connection), wait: true, directory, experiment: "test" };
});

/** Short pauses; a long one would only make a broken watch look like a working one. */
const patience = { relist: 60_000, blocked: 0, unreachable: 60_000, backoff: 10 };

function follow(overrides: Partial<TrainingRunInputs> = {}, extra: Partial<typeof patience> = {}) {
    const say = (line: string) => said.push(line);
    return followTraining({ ...inputs, ...overrides }, { say, patience: { ...patience, ...extra } });
}

/** Resolves when the watcher has said something like it. */
async function saying(pattern: RegExp): Promise<void> {
    while (!said.some((line) => pattern.test(line))) {
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

const putModel = (trainingDigest = inputs.trainingDigest) => putModelOf(client, { ...inputs, trainingDigest });

describe("following a training", () => {
    it("goes along from the queue to the model, woken by each change", async () => {
        cluster.put(queued);
        const result = follow();
        await saying(/waiting for a node with free resources: no GPUs/);
        cluster.put(atWork);
        await saying(/training in pod p/);
        cluster.logs.set("p/train", "epoch 1\nepoch 2\n");
        const manifest = await putModel();
        cluster.put(finished);
        assert.deepEqual(await result, { state: "succeeded", manifestDigest: manifest, seconds: 12.5 });
        assert.equal(readFileSync(path.join(directory, "logs/Train.log"), "utf8"), "epoch 1\nepoch 2\n");
    });

    it("sits out an API server that fails or drops its connections", async () => {
        cluster.put(atWork);
        const result = follow();
        await saying(/training in pod p/);
        cluster.fault = () => 500;
        cluster.dropConnections();
        await saying(/the cluster does not answer, trying again/);
        await putModel();
        cluster.put(finished);
        cluster.fault = () => undefined;
        assert.equal((await result).state, "succeeded");
    });

    it("gives up at once when the user may not look", async () => {
        cluster.put(atWork);
        cluster.fault = () => 403;
        await assert.rejects(follow(), /the training cannot be looked at: as told \(HTTP 403\)/);
    });

    it("does without events when the user may not list them", async () => {
        cluster.put(finished);
        await putModel();
        cluster.fault = (path) => (path.endsWith("/events") ? 403 : undefined);
        assert.equal((await follow()).state, "succeeded");
    });

    it("looks now and then when the user may not watch", async () => {
        cluster.put(atWork);
        cluster.fault = (_path, isWatch) => (isWatch ? 403 : undefined);
        const result = follow({}, { backoff: 50 });
        await saying(/training in pod p/);
        await putModel();
        cluster.put(finished);
        assert.equal((await result).state, "succeeded");
        const looks = cluster.requests.filter((request) => request.endsWith("/jobs") && !request.startsWith("watch"));
        assert.ok(looks.length < 5, `${looks.length} looks`);
    });

    it("asks for what is its own alone, however many others train in the namespace", async () => {
        cluster.put(queued);
        const result = follow();
        await saying(/no GPUs/);
        await putModel();
        cluster.put(finished);
        await result;
        assert.ok(cluster.selectors.length > 5);
        for (const selector of cluster.selectors) assert.match(selector, /name=aframe-test\b/);
    });

    it("gives up on a cluster that stays away, and says that nothing is lost", async () => {
        cluster.fault = () => 503;
        await assert.rejects(follow({}, { unreachable: 30 }), /has not answered for long.*run up again/s);
    });

    it("explains a failure with the last words of the container and how to train again", async () => {
        const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
        cluster.logs.set("p/train", `${lines.join("\n")}\n`);
        cluster.put({
            job: job([jobCondition("Failed", "BackoffLimitExceeded")]),
            pods: [pod("p", { phase: "Failed", containerStatuses: [ended("train", 7)] })],
        });
        await assert.rejects(follow(), (error: Error) => {
            assert.match(error.message, /^training failed after its last retry: container train of pod p: exit code 7/);
            assert.match(error.message, /\nline 10\n[\s\S]*\nline 29\n/);
            assert.doesNotMatch(error.message, /line 9\n/);
            assert.match(error.message, /The whole log is in .*\/logs\/Train\.log\./);
            assert.match(error.message, /kubectl --context nautilus -n physics delete job aframe-test/);
            return true;
        });
    });

    it("shows the last words of each try that failed, once", async () => {
        const pods = [pod("p1", { phase: "Failed", initContainerStatuses: [ended("git-sync", 1)] })];
        cluster.logs.set("p1/git-sync", "one\nHost key verification failed.\n");
        cluster.put({ job: job(), pods });
        const result = follow();
        await saying(/^waiting for the next try; an earlier pod ended: container git-sync of pod p1: exit code 1, the/);
        await putModel();
        cluster.put({ job: job([jobCondition("Complete", "CompletionsReached")]), pods });
        await result;
        const shown = said.filter((line) => line.startsWith("git-sync: "));
        assert.deepEqual(shown, ["git-sync: one", "git-sync: Host key verification failed."]);
    });

    it("finds a log that the cluster has lost on S3, where the pod has kept it", async () => {
        await put(client, `${count}/run/logs/p/train.log`, "epoch 1\nno space left\n");
        cluster.put({
            job: job([jobCondition("Failed", "BackoffLimitExceeded")]),
            pods: [pod("p", { phase: "Failed", reason: "Evicted", message: "Container train exceeded 5Gi. " })],
        });
        await assert.rejects(
            follow(),
            /pod p: it was evicted: Container train exceeded 5Gi\.\nepoch 1\nno space left\n/,
        );
    });

    it("does not wait for ever for an image that cannot be pulled", async () => {
        cluster.put({
            job: job(),
            pods: [pod("p", { phase: "Pending", containerStatuses: [waiting("train", "ImagePullBackOff", "denied")] })],
        });
        const result = follow({}, { relist: 20 });
        await assert.rejects(result, /the image cannot be pulled .*denied[\s\S]*The Job stays and goes on/);
    });

    it("takes a Job of the same name for somebody else's", async () => {
        cluster.put(finished);
        await assert.rejects(follow({ jobUid: "another" }), /was deleted before it finished/);
    });

    it("names the contexts there are when the configured one is missing", async () => {
        const kubernetes = { context: "other", namespace: "physics" };
        await assert.rejects(follow({ kubernetes }), /the kubeconfig has no context other; it has nautilus/);
    });
});

describe("the model decides", () => {
    it("when the Job has been cleaned away: a finished training stays finished", async () => {
        cluster.put({});
        const manifest = await putModel();
        assert.equal((await follow()).manifestDigest, manifest);
    });

    it("when the Job was made again for a training that has finished: nobody waits for it to find that out", async () => {
        cluster.put(queued);
        const manifest = await putModel();
        assert.deepEqual(await follow(), { state: "succeeded", manifestDigest: manifest, seconds: 12.5 });
        assert.match(said.at(-1) ?? "", /^this training has finished before: its model is in s3:/);
    });

    it("when the Job is gone and there is no model, or one of another training", async () => {
        cluster.put({});
        await assert.rejects(follow(), /was deleted before it finished, but .* holds no model of this training/);
        await putModel("another training");
        await assert.rejects(follow(), /holds no model of this training/);
    });

    it("when the Job says it finished, but the model is not whole", async () => {
        cluster.put(finished);
        await assert.rejects(follow(), /the Job aframe-test finished, but .* holds no model/);
        await putModel();
        await put(client, `${count}/run/model.pt`, "other", { sha256: "0".repeat(64) });
        await assert.rejects(follow(), /is incomplete: missing or changed are model\.pt/);
    });
});

describe("the life cycle of a training run", () => {
    it("is content with an accepted Job when it shall not wait, and goes on at the next update", async () => {
        cluster.put(queued);
        const { outs } = await create({ ...inputs, wait: false });
        assert.equal(outs.state, "accepted");
        assert.equal(outs.manifestDigest, "");
        assert.deepEqual(diff(outs, { ...inputs, wait: false }), { changes: true });

        const still = await update(outs, { ...inputs, wait: false });
        assert.equal(still.outs.state, "accepted");

        const manifest = await putModel();
        cluster.put(finished);
        const done = await update(still.outs, { ...inputs, wait: false });
        assert.deepEqual([done.outs.state, done.outs.manifestDigest], ["succeeded", manifest]);
        assert.deepEqual(diff(done.outs, { ...inputs, wait: false }), { changes: false });
    });

    const succeeded = (): TrainingRunOutputs => ({
        ...inputs,
        state: "succeeded",
        manifestDigest: "model",
        seconds: 1,
    });

    it("asks nobody when only credentials or the Job changed around a finished training", async () => {
        const { accessKeyId: _, ...s3 } = connection;
        const news = { ...inputs, s3, jobUid: "re-made" };
        assert.deepEqual(diff(succeeded(), news), { changes: true });
        const { outs } = await update(succeeded(), news);
        assert.deepEqual(outs, { ...news, state: "succeeded", manifestDigest: "model", seconds: 1 });
        assert.deepEqual(cluster.requests, []);
    });

    it("follows the new Job when the training is another", async () => {
        cluster.put(finished);
        const manifest = await putModel("new");
        const { outs } = await update(succeeded(), { ...inputs, trainingDigest: "new" });
        assert.equal(outs.manifestDigest, manifest);
    });

    it("notices at a refresh that the model has vanished", async () => {
        assert.equal((await read("id", succeeded())).props.state, "accepted");
        const intact = { ...succeeded(), manifestDigest: await putModel() };
        assert.deepEqual(await read("id", intact), { id: "id", props: intact });
        await put(client, `${count}/run/model.pt`, "other", { sha256: "0".repeat(64) });
        assert.equal((await read("id", intact)).props.state, "accepted");
    });
});

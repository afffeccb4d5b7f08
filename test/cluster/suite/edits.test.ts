// What an edit of the configuration does to a training on the cluster: nothing, an update, or a replacement.
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import type { V1Secret } from "@kubernetes/client-node";
import type { Experiment } from "./experiment.ts";
import { Trainings, untilLetGo } from "./trainings.ts";

const trainings = await Trainings.prepare("edits");
const { namespace } = trainings;
const accepted = { config: { "aframe:wait": false } };

/** An experiment whose training goes on until it is let go; `up` does not stay for it. */
async function atWork(stack: string): Promise<{ experiment: Experiment; uid: string; pod: string }> {
    const experiment = await trainings.make(stack, [untilLetGo], accepted);
    await experiment.mustRun("up");
    const pod = await trainings.untilTraining(stack);
    return { experiment, pod, uid: (await namespace.job(stack))?.metadata?.uid ?? "" };
}

/** Previews and makes an edit that replaces the Job; the old pod is gone before the new one begins. */
async function assertReplaces(
    { experiment, uid, pod }: Awaited<ReturnType<typeof atWork>>,
    why: RegExp,
): Promise<void> {
    const preview = await experiment.mustRun("preview");
    assert.match(preview, /kubernetes:batch:Job .* replace/);
    assert.match(preview, why);
    assert.equal((await namespace.job(experiment.stack))?.metadata?.uid, uid);
    await experiment.mustRun("up");
    const job = await namespace.job(experiment.stack);
    assert.notEqual(job?.metadata?.uid, uid);
    const pods = (await namespace.pods(experiment.stack)).map(({ metadata }) => metadata?.name);
    assert.ok(!pods.includes(pod), "the old pod is still there");
}

describe("an edit while training runs", { concurrency: 3 }, () => {
    it("of nothing changes nothing", async () => {
        const { experiment, uid } = await atWork("nothing");
        await experiment.mustRun("refresh");
        const text = await experiment.mustRun("up");
        assert.doesNotMatch(text, /\d+ (created|replaced|deleted)/);
        assert.equal((await namespace.job("nothing"))?.metadata?.uid, uid);
    });

    it("of the SSH key updates the Secret and leaves the Job alone", async () => {
        const { experiment, uid } = await atWork("key");
        const before = await secretOf("key", "ssh");
        experiment.set("luigi_ssh", "ssh_file", trainings.git.keys.rsa);
        const text = await experiment.mustRun("up");
        assert.match(text, /kubernetes:core:Secret key-ssh updated/);
        assert.notDeepEqual((await secretOf("key", "ssh"))?.data?.ssh, before?.data?.ssh);
        assert.equal((await namespace.job("key"))?.metadata?.uid, uid);
    });

    it("of git_ref replaces the Job", async () => {
        const work = await atWork("ref");
        await trainings.make("other", [untilLetGo], accepted);
        work.experiment.set("luigi_Train", "git_ref", "other");
        await assertReplaces(work, /GitRevision ref/);
    });

    it("of the resources replaces the Job", async () => {
        const work = await atWork("sizes");
        work.experiment.set("luigi_Train", "request_gpus", "2");
        await assertReplaces(work, /resources/);
    });

    it("of train.yaml replaces the Job", async () => {
        const work = await atWork("yaml");
        appendFileSync(path.join(work.experiment.directory, "train.yaml"), "\n# only a comment\n");
        appendFileSync(path.join(work.experiment.directory, "train.yaml"), "seed_everything: 7\n");
        await assertReplaces(work, /AFRAME_TRAINING_DIGEST|annotations/);
    });
});

describe("a Job that somebody deleted", { concurrency: 3 }, () => {
    it("before it finished is made again, after a refresh that says it is gone", async () => {
        const { experiment, uid } = await atWork("lost");
        await deleteJob("lost");
        assert.match(await experiment.mustRun("refresh"), /kubernetes:batch:Job lost .*(gone|deleted|not found)/);
        await experiment.mustRun("up");
        assert.notEqual((await namespace.job("lost"))?.metadata?.uid, uid);
    });

    it("after it finished does not make the training run again", async () => {
        const experiment = await trainings.make("done", ['print("one training", flush=True)']);
        await experiment.mustRun("up");
        const model = (await experiment.outputs<{ stages: { Train: object } }>()).stages.Train;
        await deleteJob("done");
        assert.match(await experiment.mustRun("logs"), /one training/, "its log is on S3");
        await experiment.mustRun("refresh");
        await experiment.mustRun("up");
        assert.deepEqual((await experiment.outputs<{ stages: { Train: object } }>()).stages.Train, model);
        for (const { metadata } of await namespace.pods("done")) {
            await namespace.until("the pod's end", async () =>
                (await namespace.pods("done")).every(({ status }) => status?.phase === "Succeeded"),
            );
            assert.doesNotMatch(await trainings.log(metadata?.name ?? "", "train"), /one training/);
        }
    });
});

async function deleteJob(stack: string): Promise<void> {
    const job = await namespace.job(stack);
    await namespace.kubectl(["delete", "job", job?.metadata?.name ?? "", "--cascade=foreground"]);
}

async function secretOf(stack: string, role: string): Promise<V1Secret | undefined> {
    const secrets = await namespace.list<V1Secret>("secrets");
    return secrets.find(
        ({ metadata }) => metadata?.annotations?.["aframe/experiment"] === stack && metadata.name?.endsWith(`-${role}`),
    );
}

// Waiting for the cluster is a state with a reason, never a failure; an `up` that ends comes back to the same Job.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trainImage } from "../images/provide.ts";
import { ctr } from "../machine/cluster.ts";
import { advertiseGpus } from "../machine/contents.ts";
import type { Experiment, Running } from "./experiment.ts";
import { admin, needsOwnNode } from "./namespace.ts";
import { Trainings, untilLetGo } from "./trainings.ts";

const trainings = await Trainings.prepare("waiting");
const { namespace } = trainings;

/** Waits until the output of an `up` says something. */
function untilSaid(running: Running, words: RegExp): Promise<true> {
    return namespace.until(`"${words.source}" in the output`, () =>
        Promise.resolve(words.test(running.output) || undefined),
    );
}

async function mustSucceed({ finished }: Running): Promise<string> {
    const { code, stdout, stderr } = await finished;
    assert.equal(code, 0, stdout + stderr);
    return stdout;
}

async function uidOf(experiment: Experiment): Promise<string | undefined> {
    return (await namespace.job(experiment.stack))?.metadata?.uid;
}

describe("waiting", { concurrency: 3 }, () => {
    it("for GPUs goes on until some are free", { skip: needsOwnNode }, async () => {
        const experiment = await trainings.make("gpus", []);
        experiment.set("luigi_Train", "request_gpus", "9");
        const running = experiment.start();
        await untilSaid(running, /waiting for a node with free resources: .*Insufficient nvidia\.com\/gpu/);
        const status = await experiment.mustRun("status");
        assert.match(status, /waiting for a node with free resources/);
        try {
            await advertiseGpus(admin, 24);
            await mustSucceed(running);
        } finally {
            await advertiseGpus(admin, 8);
        }
    });

    it("for an image that cannot be pulled says so, and goes on once it can", { skip: needsOwnNode }, async () => {
        const experiment = await trainings.make("image", []);
        const image = `aframe.test/train:${namespace.name}`;
        experiment.set("luigi_Train", "remote_image", image);
        const running = experiment.start();
        await untilSaid(running, /the image cannot be pulled .*aframe\.test\/train/);
        await ctr("images", "tag", trainImage, image);
        await mustSucceed(running);
    });

    it("is broken off by Ctrl-C without harm: the Job goes on, and the next up comes back to it", async () => {
        const script = ['print("begun", flush=True)', untilLetGo, 'print("ended", flush=True)'];
        const experiment = await trainings.make("again", script);
        const first = experiment.start();
        const pod = await trainings.untilTraining("again");
        await untilSaid(first, /training in pod/);
        first.interrupt();
        const { code, stdout, stderr } = await first.finished;
        assert.equal(code, 130, stdout + stderr);
        assert.match(stdout + stderr, /the training goes on, and the next up comes back to it/);
        const uid = await uidOf(experiment);
        const second = experiment.start();
        await untilSaid(second, /training in pod/);
        const log = experiment.start("logs", ["--follow"]);
        await untilSaid(log, /begun/);
        await trainings.letGo(pod);
        await mustSucceed(second);
        assert.match(await mustSucceed(log), /^begun\n(.*\n)*ended\n/m);
        assert.equal(await uidOf(experiment), uid);
        assert.equal((await namespace.pods("again")).length, 1);
    });

    it("is left to a later up when wait is false, which goes on to export", async () => {
        const experiment = await trainings.make("later", [untilLetGo], { config: { "aframe:wait": false } });
        await experiment.mustRun("up");
        const accepted = await experiment.outputs<{ stages: Record<string, { state: string }> }>();
        assert.deepEqual([accepted.stages.Train?.state, accepted.stages.ExportLocal?.state], ["accepted", "pending"]);
        const pod = await trainings.untilTraining("later");
        await trainings.letGo(pod);
        await namespace.until("the Job's end", async () => (await namespace.job("later"))?.status?.succeeded === 1);
        await experiment.mustRun("up");
        const done = await experiment.outputs<{ stages: Record<string, { state: string }> }>();
        assert.deepEqual([done.stages.Train?.state, done.stages.SandboxSV?.state], ["succeeded", "succeeded"]);
    });
});

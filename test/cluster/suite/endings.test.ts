// How a training fails for good, or is kept waiting, and what the researcher is told.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { bucket } from "./experiment.ts";
import { GitServer } from "./gitServer.ts";
import { held } from "./namespace.ts";
import { Trainings } from "./trainings.ts";

const trainings = await Trainings.prepare("endings");
const { namespace } = trainings;

const epoch = 'print("epoch 1")';
const long = [epoch, "time.sleep(600)"];

/** The same size, and another content. */
async function corrupt(key: string): Promise<void> {
    const address = { Bucket: bucket, Key: key };
    const { Body } = await trainings.s3.client.send(new GetObjectCommand(address));
    const content = (await Body?.transformToByteArray()) ?? new Uint8Array();
    await trainings.s3.client.send(new PutObjectCommand({ ...address, Body: content.fill(0, 0, 1) }));
}

describe("a training that cannot go on", { concurrency: true }, () => {
    it("with an error is tried three times more, and shows its last words", async () => {
        const experiment = await trainings.make("error", [epoch, "sys.exit(7)"]);
        const text = await trainings.end(experiment.start(), 1);
        const pods = await trainings.podNames("error");
        assert.equal(pods.length, 4);
        assert.ok(
            text.includes(`training failed after its last retry: container train of pod ${pods.at(-1)}: exit code 7`),
        );
        assert.match(text, /\n +epoch 1\n +error: python -m train ended with exit code 7\n +The whole log is in /);
        assert.match(text, /To train again: kubectl .* delete job/);
    });

    it("because its code cannot be fetched says why at the first try, and trains once that is mended", async () => {
        const git = await GitServer.start();
        const experiment = await trainings.make("git", [], { git, podSpec: held });
        const running = experiment.start();
        const first = await trainings.untilPod("git");
        await git.replace("second");
        await namespace.ungate(first);
        await trainings.untilSaid(running, new RegExp(`pod ${first}: exit code 1, the code could not be fetched`));
        await trainings.untilSaid(running, /\[Train\] git-sync: .*Host key verification failed/);
        running.interrupt();
        await trainings.end(running, 130);

        writeFileSync(git.knownHostsFile, git.sshd.knownHosts);
        const again = experiment.start();
        const second = await trainings.untilPod("git", first);
        await trainings.untilSaid(again, /Scheduling is blocked/);
        await namespace.ungate(second);
        await trainings.end(again, 0);
        assert.deepEqual(await trainings.podNames("git"), [first, second]);
    });

    it("because the data on S3 are other than were made is not tried again, and never trains", async () => {
        const experiment = await trainings.make("damaged", [epoch], { podSpec: held });
        const running = experiment.start();
        const pod = await trainings.untilPod("damaged");
        await corrupt("damaged/data/train/val_waveforms.hdf5");
        await namespace.ungate(pod);
        const text = await trainings.end(running, 1);
        assert.match(text, /in a way that trying again cannot heal: container fetch-data of pod \S+: exit code 81,/);
        assert.match(text, /the data on S3 are not the data this experiment made/);
        assert.match(text, /\n +error: fetching s3:\/\/\S+\/val_waveforms\.hdf5: \S+ differs from its manifest\n/);
        assert.doesNotMatch(text, /next try|epoch 1/);
        assert.deepEqual(await trainings.podNames("damaged"), [pod]);
    });

    it("because the Job's deadline is over says so, with the log of the pod it ended", async () => {
        const experiment = await trainings.make("deadline", long);
        const running = experiment.start();
        const pod = await trainings.untilTraining("deadline");
        // A container that runs need not have written anything yet.
        await namespace.until("epoch 1", async () => /^epoch 1$/m.test(await trainings.log(pod, "train")));
        const job = await namespace.job("deadline");
        const patch = JSON.stringify({ spec: { activeDeadlineSeconds: 1 } });
        await namespace.kubectl(["patch", "job", job?.metadata?.name ?? "", "--type=merge", "-p", patch]);
        const text = await trainings.end(running, 1);
        assert.match(text, /training ran into its deadline \(activeDeadlineSeconds, which counts waiting too\)/);
        assert.match(text, /\n +epoch 1\n/);
    });

    it("because a pod's own deadline is over is tried again", async () => {
        const experiment = await trainings.make("podDeadline", long, { podSpec: { activeDeadlineSeconds: 20 } });
        const running = experiment.start();
        await trainings.untilSaid(running, /next try; .*it ran into its deadline \(the pod's activeDeadlineSeconds\)/);
        running.interrupt();
        await trainings.end(running, 130);
        assert.equal((await namespace.job("podDeadline"))?.status?.failed, 1);
    });

    it("because the namespace's quota is used up waits for room, says so, and trains then", async () => {
        const own = await trainings.inNamespace("endings-quota");
        await own.namespace.kubectl(["create", "quota", "gpus", "--hard=requests.nvidia.com/gpu=0"]);
        const experiment = await own.make("quota", []);
        const running = experiment.start();
        await own.untilSaid(running, /waiting for the namespace's quota: .*exceeded quota: gpus, requested: .*gpu=1/);
        await own.namespace.kubectl(["delete", "quota", "gpus"]);
        const text = await own.end(running, 0);
        assert.doesNotMatch(text, /fail/i);
    });
});

// Logs of trainings on an API server that plays them, and as they were kept on a real S3 server.
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { beforeEach, describe, it } from "node:test";
import type { Pod } from "../../../pipeline/training/clusterObjects.ts";
import { followLog } from "../../../pipeline/training/followLogs.ts";
import { listKeptLogs } from "../../../pipeline/training/keptLogs.ts";
import { plainSink } from "../../../pipeline/training/logSink.ts";
import { showLog } from "../../../pipeline/training/logs.ts";
import type { TrainingTarget } from "../../../pipeline/training/report.ts";
import { put, startS3 } from "../fixtures/s3.ts";
import { until } from "../fixtures/until.ts";
import { ApiServer } from "./apiServer.ts";
import { atWork, condition, ended, finished, job, jobCondition, pod, queued, running, waiting } from "./objects.ts";
import { trainingTarget } from "./target.ts";

const { client, connection } = await startS3();
const cluster = new ApiServer();
await cluster.start();

let count = 0;
let target: TrainingTarget;
let shown: string;
let said: string[];
let out: PassThrough;

beforeEach(() => {
    count += 1;
    cluster.clear();
    target = trainingTarget(`logs/${count}/run`, connection);
    shown = "";
    said = [];
    out = new PassThrough().setEncoding("utf8");
    out.on("data", (text: string) => (shown += text));
});

const request = (container?: string) => ({
    target,
    ...(container !== undefined && { container }),
    sink: plainSink(out),
    say: (line: string) => void said.push(line),
});
const show = (container?: string) => showLog(request(container));
const follow = (container?: string) =>
    followLog({ ...request(container), patience: { relist: 60_000, unreachable: 60_000, backoff: 10 } });

const keep = (podName: string, container: string, text: string) =>
    put(client, `logs/${count}/run/logs/${podName}/${container}.log`, text);
const showing = (text: string) =>
    until(`"${text}" in the log`, () => Promise.resolve(shown.includes(text) || undefined));
const saying = (pattern: RegExp) =>
    until(String(pattern), () => Promise.resolve(said.some((line) => pattern.test(line)) || undefined));
const following = (name: string) =>
    until(`a follower of ${name}`, () => Promise.resolve(cluster.followersOf(name).length > 0 || undefined));

/** A pod in which one container after the other runs. */
function podWith(name: string, statuses: readonly ReturnType<typeof running>[], created?: Date): Pod {
    const init = statuses.filter((status) => status.name !== "train");
    const main = statuses.filter((status) => status.name === "train");
    return pod(name, { phase: "Running", initContainerStatuses: init, containerStatuses: main }, created);
}
const later = new Date("2026-03-01T11:00:00Z");

describe("the log of a training", () => {
    it("is that of the container that runs, without the cluster's timestamps", async () => {
        const statuses = [ended("git-sync", 0), running("fetch-data"), waiting("train", "PodInitializing")];
        cluster.put({ job: job(), pods: [podWith("p", statuses)] });
        cluster.write("p/fetch-data", "1/2 files\n2/2 files\n");
        await show();
        assert.equal(shown, "1/2 files\n2/2 files\n");
        assert.deepEqual(said, ["fetch-data of pod p"]);
    });

    it("is that of the container that failed, of an earlier pod while the next one waits", async () => {
        const failed = pod("first", { phase: "Failed", initContainerStatuses: [ended("git-sync", 1)] });
        const next = pod("second", { conditions: [condition("PodScheduled", "False", "no GPUs")] }, later);
        cluster.put({ job: job(), pods: [failed, next] });
        cluster.write("first/git-sync", "no such commit\n");
        await show();
        assert.equal(shown, "no such commit\n");
    });

    it("is that of the container asked for", async () => {
        cluster.put({ job: job(), pods: [podWith("p", [ended("fetch-data", 0), running("train")])] });
        cluster.write("p/fetch-data", "all files\n");
        await show("fetch-data");
        assert.equal(shown, "all files\n");
    });

    it("is what the last pod has kept on S3 when the Job is gone", async () => {
        cluster.put({});
        await keep("first", "train", "of the first\n");
        // S3 tells times in seconds.
        await until("a log that is newer", async () => {
            await keep("second", "train", "of the second\n");
            const [newest, other] = await listKeptLogs(connection, target.runDir);
            return (newest && other && newest.modified > other.modified && newest.pod === "second") || undefined;
        });
        await keep("second", "fetch-data", "files of the second\n");
        await show();
        assert.equal(shown, "of the second\n");
        assert.match(said.join(), /^train of pod second, from s3:\/\/data\/logs\/\d+\/run\/logs\/second\/train\.log$/);
    });

    it("is what was kept when the cluster does not give it any more, or cannot be reached, which is said", async () => {
        await keep("p", "train", "epoch 1\n");
        cluster.put(finished);
        await show();
        assert.match(said[0] ?? "", /the cluster has no log of train of pod p to give: .*HTTP 404/);
        cluster.fault = () => 503;
        await show();
        assert.match(said.join("\n"), /the cluster \(context nautilus\) cannot be looked at: as told \(HTTP 503\)/);
        assert.equal(shown, "epoch 1\nepoch 1\n");
    });

    it("is missed by an error that names the containers that have one", async () => {
        cluster.put({ job: job(), pods: [podWith("p", [ended("git-sync", 0), running("fetch-data")])] });
        await assert.rejects(
            show("train"),
            /no log of train on the cluster or in .* yet; there are logs of git-sync, fetch-data/,
        );
        cluster.put(queued);
        await assert.rejects(show(), /^Error: there is no log on the cluster or in s3:\S+\/logs yet$/);
        target = { ...target, s3Problem: "S3 cannot be looked at: no keys" };
        await assert.rejects(show(), /no log on the cluster yet; S3 cannot be looked at: no keys/);
    });
});

describe("following the log of a training", () => {
    it("goes from the queue through the containers to the end", async () => {
        cluster.put(queued);
        const end = follow();
        await saying(/waiting for a node/);
        cluster.write("p/fetch-data", "files\n");
        cluster.put({ job: job(), pods: [podWith("p", [running("fetch-data"), waiting("train", "PodInitializing")])] });
        await showing("files\n");
        cluster.write("p/train", "epoch 1\n");
        cluster.put({ job: job(), pods: [podWith("p", [ended("fetch-data", 0), running("train")])] });
        cluster.endLog("p/fetch-data");
        await showing("epoch 1\n");
        await following("p/train");
        cluster.write("p/train", "epoch 2\n");
        cluster.put(finished);
        cluster.endLog("p/train");
        await end;
        assert.equal(shown, "files\nepoch 1\nepoch 2\n");
        assert.deepEqual(said.slice(-3), ["fetch-data of pod p", "train of pod p", "training finished"]);
    });

    it("loses and repeats nothing when connections drop", async () => {
        cluster.put(atWork);
        cluster.write("p/train", "1\n2\n3\n4\n5");
        const end = follow();
        await showing("5");
        await following("p/train");
        cluster.dropConnections();
        await saying(/the connection has dropped/);
        await following("p/train");
        cluster.write("p/train", "\n6\n");
        cluster.fault = (path) => (path.endsWith("/log") ? 500 : undefined);
        cluster.dropConnections();
        cluster.write("p/train", "7\n");
        cluster.fault = () => undefined;
        await showing("7\n");
        cluster.put(finished);
        cluster.endLog("p/train");
        await end;
        assert.equal(shown, "1\n2\n3\n4\n5\n6\n7\n");
    });

    it("goes on with the pod that replaces another, which is said", async () => {
        cluster.put({ job: job(), pods: [podWith("first", [running("train")])] });
        cluster.write("first/train", "epoch 1\n");
        const end = follow();
        await showing("epoch 1\n");
        await following("first/train");
        const failed = pod("first", { phase: "Failed", containerStatuses: [ended("train", 1)] });
        cluster.write("first/train", "out of memory\n");
        cluster.write("second/train", "going on\n");
        cluster.put({ job: job(), pods: [failed, podWith("second", [running("train")], later)] });
        cluster.endLog("first/train");
        await showing("going on\n");
        const over = pod("second", { phase: "Failed", containerStatuses: [ended("train", 1)] }, later);
        cluster.put({ job: job([jobCondition("Failed", "BackoffLimitExceeded")]), pods: [failed, over] });
        cluster.endLog("second/train");
        await end;
        assert.equal(shown, "epoch 1\nout of memory\ngoing on\n");
        assert.match(said.join("\n"), /train of pod second, in the place of pod first/);
        assert.match(said.at(-1) ?? "", /training failed after its last retry/);
    });

    it("goes on with the next pod when the log of the one before has gone with its node", async () => {
        cluster.put({ job: job(), pods: [podWith("first", [running("train")])] });
        cluster.write("first/train", "epoch 1\n");
        const end = follow();
        await following("first/train");
        cluster.logs.delete("first/train");
        cluster.write("second/train", "going on\n");
        cluster.put({
            job: job(),
            pods: [podWith("first", [running("train")]), podWith("second", [running("train")], later)],
        });
        cluster.dropConnections();
        await showing("going on\n");
        assert.match(
            said.join("\n"),
            /the cluster gives no more of the log .*; what was kept of it is s3:.*first\/train/,
        );
        cluster.put(finished);
        cluster.endLog("second/train");
        await end;
    });

    it("ends with the container that was asked for, once that has ended well", async () => {
        cluster.put({ job: job(), pods: [podWith("p", [running("fetch-data")])] });
        cluster.write("p/fetch-data", "files\n");
        const end = follow("fetch-data");
        await following("p/fetch-data");
        cluster.put({ job: job(), pods: [podWith("p", [ended("fetch-data", 0), running("train")])] });
        cluster.endLog("p/fetch-data");
        await end;
        assert.equal(shown, "files\n");
    });

    it("shows once what is over, and says how it ended", async () => {
        cluster.put({});
        await keep("p", "train", "epoch 1\n");
        await follow();
        assert.equal(shown, "epoch 1\n");
        assert.equal(said.at(-1), "the Job is not on the cluster any more");
    });

    it("shows once what was kept when the cluster cannot be reached", async () => {
        cluster.fault = () => 503;
        await keep("p", "train", "epoch 1\n");
        await follow();
        assert.equal(shown, "epoch 1\n");
    });

    it("gives up at once when the user may not read logs", async () => {
        cluster.put(atWork);
        cluster.fault = (path) => (path.endsWith("/log") ? 403 : undefined);
        await assert.rejects(follow(), /the cluster refuses the log: .*HTTP 403/);
    });

    it("fails when the Job vanishes before there was a log", async () => {
        cluster.put(queued);
        const end = follow();
        const failure = assert.rejects(end, /there is no log on the cluster or in/);
        await saying(/waiting for a node/);
        cluster.put({});
        await failure;
    });
});

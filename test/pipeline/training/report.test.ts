// Reports on trainings on an API server that plays them, with their run directories on a real S3 server.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { reportTraining, type TrainingTarget } from "../../../pipeline/training/report.ts";
import { put, startS3 } from "../fixtures/s3.ts";
import { ApiServer } from "./apiServer.ts";
import { putModel } from "./model.ts";
import { atWork, condition, ended, finished, job, pod } from "./objects.ts";
import { trainingTarget } from "./target.ts";

const { client, connection } = await startS3();
const cluster = new ApiServer();
await cluster.start();

let count = 0;
let target: TrainingTarget;

beforeEach(() => {
    count += 1;
    cluster.clear();
    target = trainingTarget(`report/${count}/run`, connection);
});

const gpuSpec = {
    nodeName: "node-7",
    containers: [{ name: "train", resources: { limits: { "nvidia.com/gpu": "4" } } }],
};
const onNode = { ...atWork, pods: atWork.pods.map((one) => ({ ...one, spec: gpuSpec })) };
const putMetrics = (version: number, text: string) =>
    put(client, `report/${count}/run/lightning_logs/version_${version}/metrics.csv`, text);

describe("a training at work", () => {
    it("is told with its pod, the node's GPUs and the last metrics", async () => {
        cluster.put(onNode);
        cluster.nodes.set("node-7", { "nvidia.com/gpu.product": "NVIDIA-A100", "nvidia.com/gpu.memory": "81920" });
        await putMetrics(2, "epoch,train_loss\n9,0.1\n");
        await putMetrics(10, "epoch,step,train_loss\n3,240,0.41\n");
        const report = await reportTraining(target);
        assert.deepEqual(
            { ...report, since: undefined },
            {
                state: "training",
                reason: "training in pod p",
                since: undefined,
                pod: { name: "p", node: "node-7", gpus: 4, gpu: "NVIDIA-A100", tries: 1, restarts: 0 },
                metrics: { epoch: "3", step: "240", train_loss: "0.41" },
                clusterSeen: true,
                problems: [],
            },
        );
    });

    it("is told by the GPUs' memory where the product is not known, and without either when the node is secret", async () => {
        cluster.put(onNode);
        cluster.nodes.set("node-7", { "nvidia.com/gpu.memory": "24576" });
        assert.equal((await reportTraining(target)).pod?.gpu, "24576 MiB");
        for (const status of [403, 404, 500]) {
            cluster.fault = (path) => (path.startsWith("/api/v1/nodes") ? status : undefined);
            const { pod: reported, problems } = await reportTraining(target);
            assert.deepEqual([reported?.gpus, reported?.gpu, problems], [4, undefined, []]);
        }
    });

    it("counts the tries, also those whose pods are gone", async () => {
        const failed = pod("first", { phase: "Failed", containerStatuses: [ended("train", 1)] });
        const again = pod("second", { conditions: [condition("PodScheduled", "False", "no GPUs")] }, new Date());
        cluster.put({ job: job(), pods: [failed, again] });
        assert.equal((await reportTraining(target)).pod?.tries, 2);
        cluster.put({ job: { ...job(), status: { active: 1, failed: 2 } }, pods: [again] });
        const { pod: reported, reason } = await reportTraining(target);
        assert.deepEqual([reported?.tries, reported?.name, reported?.node], [3, "second", undefined]);
        assert.match(reason, /^waiting for a node/);
    });

    it("does not show what an earlier training has left in the run directory", async () => {
        await putMetrics(0, "epoch,loss\n99,0.1\n");
        const made = new Date(Date.now() + 3_600_000);
        cluster.put({ ...onNode, job: { ...job(), metadata: { ...job().metadata, creationTimestamp: made } } });
        assert.equal((await reportTraining(target)).metrics, undefined);
    });
});

describe("the end of a training", () => {
    it("is its model on S3, whether the Job is still there or not", async () => {
        await putMetrics(0, "epoch,loss\n7,0.2\n");
        await putModel(client, target, ["lightning_logs/version_0/metrics.csv"]);
        cluster.put(finished);
        const { state, seconds, model, metrics } = await reportTraining(target);
        assert.deepEqual([state, seconds, model], ["succeeded", 12.5, `${target.runDir.uri}/model.pt`]);
        assert.deepEqual(metrics, { epoch: "7", loss: "0.2" });
        cluster.put({});
        const gone = await reportTraining(target);
        assert.deepEqual(
            [gone.state, gone.reason],
            ["succeeded", "training finished; its Job is not on the cluster any more"],
        );
    });

    it("is something else than the deletion of its Job", async () => {
        cluster.put({});
        const { state, reason } = await reportTraining(target);
        assert.deepEqual([state, reason], ["gone", "the Job was deleted before training finished"]);
    });

    it("is not what the Job says when S3 holds no model, or that of another training", async () => {
        cluster.put(finished);
        await putModel(client, { ...target, trainingDigest: "another" });
        const { state, reason } = await reportTraining(target);
        assert.equal(state, "failed");
        assert.match(reason, /the Job finished, but s3:.* holds no model of this training/);
    });

    it("is not known when the Job is gone and S3 cannot be asked", async () => {
        cluster.put({});
        const report = await reportTraining({ ...target, s3Problem: "S3 cannot be looked at: no keys" });
        assert.equal(report.state, "unknown");
        assert.deepEqual(report.problems, ["S3 cannot be looked at: no keys"]);
    });
});

describe("a cluster that cannot be reached", () => {
    it("is said once, and S3 is still looked at", async () => {
        cluster.fault = () => 503;
        await putMetrics(0, "epoch,loss\n1,0.5\n");
        const report = await reportTraining(target);
        assert.deepEqual([report.state, report.clusterSeen], ["unknown", false]);
        assert.deepEqual(report.problems, ["the cluster (context nautilus) cannot be looked at: as told (HTTP 503)"]);
        assert.deepEqual(report.metrics, { epoch: "1", loss: "0.5" });
    });

    it("does not hide that training has finished", async () => {
        cluster.fault = () => 401;
        await putModel(client, target);
        assert.equal((await reportTraining(target)).state, "succeeded");
        const elsewhere = { ...target, kubernetes: { context: "other", namespace: "physics" } };
        const { problems } = await reportTraining(elsewhere);
        assert.match(problems[0] ?? "", /the kubeconfig has no context other; it has nautilus/);
    });
});

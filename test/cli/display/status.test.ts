// The text of a status: what is told of a training, and what is left out.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import pc from "picocolors";
import { renderStatus } from "../../../cli/display/status.ts";
import type { TrainingReport } from "../../../pipeline/training/report.ts";

const plain = pc.createColors(false);
const target = {
    kubernetes: { context: "nautilus", namespace: "physics" },
    jobName: "aframe-exp",
    jobUid: "uid",
    trainingDigest: "digest",
    runDir: { kind: "s3", bucket: "data", prefix: "run", uri: "s3://data/run" },
} as const;
const now = new Date("2026-03-01T12:05:00Z");

function render(report: Omit<TrainingReport, "clusterSeen" | "problems">): string {
    const whole = { ...report, clusterSeen: true, problems: [] };
    return renderStatus({ stack: "exp", stages: [], training: { target, report: whole } }, plain, now);
}

describe("the status of a training", () => {
    it("is a line for each thing that is known", () => {
        const text = render({
            state: "training",
            reason: "training in pod p",
            since: new Date("2026-03-01T10:00:00Z"),
            pod: { name: "p", node: "node-7", gpus: 4, gpu: "NVIDIA-A100", tries: 2, restarts: 1 },
            metrics: { epoch: "3", train_loss: "0.41" },
        });
        assert.deepEqual(text.split("\n"), [
            "Training  training for 2 h 05 min",
            "          training in pod p",
            "Job       aframe-exp in physics (context nautilus)",
            "Pod       p on node-7, try 2, 1 restarts",
            "GPUs      4 requested, NVIDIA-A100",
            "Metrics   epoch 3, train_loss 0.41",
            "",
            "Next  aframe logs -f follows it; aframe up waits for its end, then goes on",
            "",
        ]);
    });

    it("tells how long ago it ended, how long it took and where the model is", () => {
        const since = new Date("2026-03-01T12:00:00Z");
        const text = render({ state: "succeeded", reason: "training finished", since, seconds: 7200, model: "s3://m" });
        assert.match(text, /^Training {2}succeeded 5 min 00 s ago\n.*\nTook +2 h 00 min\n.*\nModel +s3:\/\/m\n\nNext/);
    });

    it("ends with what to do next, which the stages tell once training has succeeded", () => {
        const next = (state: TrainingReport["state"]) => /^Next {2}(.*)$/m.exec(render({ state, reason: "" }))?.[1];
        assert.match(next("waiting") ?? "", /^nothing: training begins as soon as the cluster has room/);
        assert.match(next("failed") ?? "", /^aframe logs tells its last words; .* aframe refresh and aframe up/);
        assert.equal(next("succeeded"), "nothing: all is done");
    });

    it("does not guess about the GPUs of a node that may not be read, or of no node", () => {
        const pod = { name: "p", gpus: 4, tries: 1, restarts: 0 };
        const queued = render({ state: "waiting", reason: "no GPUs", pod });
        assert.match(queued, /^Pod +p on no node yet, try 1\nGPUs +4 requested$/m);
        const secret = render({ state: "training", reason: "", pod: { ...pod, node: "n" } });
        assert.match(secret, /^GPUs +4 requested, model unknown$/m);
    });

    it("lets no escape sequence of the cluster or the training through", () => {
        const text = render({ state: "waiting", reason: "\u001b[31mred\u0007", metrics: { loss: "\u001b[2J1" } });
        assert.match(text, /^ +red\n[\s\S]*^Metrics +loss 1$/m);
    });
});

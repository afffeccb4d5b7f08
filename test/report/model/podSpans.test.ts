// What the pods of a training spent their time on.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ContainerStatus, Pod } from "../../../pipeline/training/clusterObjects.ts";
import { podSpans } from "../../../report/model/podSpans.ts";
import { condition, ended, pod, running, waiting } from "../../pipeline/training/objects.ts";

const clock = (time: string) => new Date(`2026-03-01T${time}:00Z`);
const scheduled = (time: string) => ({ ...condition("PodScheduled", "True", ""), lastTransitionTime: clock(time) });
const done = (name: string, from: string, to: string, exitCode = 0): ContainerStatus => ({
    ...ended(name, exitCode),
    state: { terminated: { exitCode, startedAt: clock(from), finishedAt: clock(to) } },
});
const spans = (...pods: readonly Pod[]) =>
    podSpans(pods).map(({ row, kind, began, ended: end, failed }) =>
        [row, kind, began.slice(11, 16), end?.slice(11, 16) ?? "…", failed ? "failed" : ""].join(" ").trim(),
    );

describe("the spans of a training's pods", () => {
    it("are a queue alone while no node is free", () => {
        const queued = pod("p", {
            phase: "Pending",
            conditions: [condition("PodScheduled", "False", "Unschedulable")],
        });
        assert.deepEqual(spans(queued), ["pod p queue 10:00 …"]);
    });

    it("are each step with the pulling of images between them", () => {
        const whole = pod("p", {
            phase: "Running",
            conditions: [scheduled("10:05")],
            initContainerStatuses: [done("git-sync", "10:07", "10:08"), done("fetch-data", "10:08", "10:20")],
            containerStatuses: [running("train")],
        });
        assert.deepEqual(spans(whole), [
            ...["pod p queue 10:00 10:05", "pod p pull 10:05 10:07", "pod p sync 10:07 10:08"],
            ...["pod p fetch 10:08 10:20", "pod p pull 10:20 10:30", "pod p train 10:30 …"],
        ]);
    });

    it("go on pulling while a container waits to start", () => {
        const pulling = pod("p", {
            phase: "Pending",
            conditions: [scheduled("10:05")],
            initContainerStatuses: [done("fetch-data", "10:06", "10:10")],
            containerStatuses: [waiting("train", "PodInitializing")],
        });
        assert.equal(spans(pulling).at(-1), "pod p pull 10:10 …");
    });

    it("are those of every try, oldest first, with what failed", () => {
        const first = pod("a", {
            phase: "Failed",
            conditions: [scheduled("10:01")],
            containerStatuses: [done("train", "10:01", "10:09", 1)],
        });
        const second = pod("b", { phase: "Pending" }, clock("10:10"));
        assert.deepEqual(spans(second, first), [
            ...["pod a queue 10:00 10:01", "pod a train 10:01 10:09 failed", "pod b queue 10:10 …"],
        ]);
    });

    it("are none of a pod that is over and was never placed", () => {
        assert.deepEqual(spans(pod("p", { phase: "Failed" })), []);
    });
});

// A node that stops answering for a while. Every other test on it would suffer, so this one has a file to itself.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, it } from "node:test";
import { inState } from "../machine/paths.ts";
import { admin, needsOwnNode } from "./namespace.ts";
import { Trainings, untilLetGo } from "./trainings.ts";

/** In a process namespace of its own, but visible from here. */
function kubelet(): number {
    const isKubelet = (pid: string) => {
        try {
            const [program = "", ...flags] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
            return program.endsWith("/kubelet") && flags.includes(`--root-dir=${inState("kubelet")}`);
        } catch {
            return false;
        }
    };
    const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && isKubelet(name));
    if (pid === undefined) throw new Error("there is no kubelet");
    return Number(pid);
}

/**
 * A second node, in name only, that goes on reporting. Where no node does, Kubernetes takes itself for the one that is
 * cut off, and gives up none of them.
 */
async function addHealthyNode(name: string): Promise<void> {
    const node = { apiVersion: "v1", kind: "Node", metadata: { name }, spec: { unschedulable: true } };
    await admin(["apply", "-f", "-"], node);
    const beat = () => {
        const ready = { type: "Ready", status: "True", reason: "Test", lastHeartbeatTime: new Date().toISOString() };
        const patch = JSON.stringify({ status: { conditions: [ready] } });
        return admin(["patch", "node", name, "--subresource=status", "-p", patch]);
    };
    await beat();
    const timer = setInterval(() => void beat().catch(() => undefined), 3000);
    after(async () => {
        clearInterval(timer);
        await admin(["delete", "node", name]);
    });
}

it("a lost node is no failure, and training begins again when it is back", { skip: needsOwnNode }, async () => {
    const trainings = await Trainings.prepare("node-lost");
    const experiment = await trainings.make("lost", [untilLetGo]);
    const running = experiment.start();
    const first = await trainings.untilTraining("lost");
    await addHealthyNode("aframe-other-node");
    const pid = kubelet();
    const resume = () => process.kill(pid, "SIGCONT");
    after(resume);
    process.kill(pid, "SIGSTOP");
    try {
        await trainings.untilSaid(running, new RegExp(`training in pod ${first}, whose node does not answer`));
        await trainings.untilSaid(
            running,
            new RegExp(`pod ${first}: its node does not answer, .*; another one follows`),
        );
    } finally {
        resume();
    }
    const second = await trainings.untilTraining("lost", first);
    await trainings.letGo(second);
    const text = await trainings.end(running, 0);
    assert.doesNotMatch(text, /fail/i);
    assert.equal((await trainings.namespace.job("lost"))?.status?.failed ?? 0, 0);
});

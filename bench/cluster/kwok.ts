// Nodes and pods that are played by kwok: the API server has as much to do as with real ones.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { buildTools } from "../../test/cluster/machine/binaries.ts";
import { adminKubeconfig, cacheDirectory, digestOfFiles } from "../../test/cluster/machine/paths.ts";
import { admin } from "../../test/cluster/suite/namespace.ts";

const played = { "kwok.x-k8s.io/node": "fake" };

async function provideKwok(): Promise<string> {
    const folder = path.join(cacheDirectory, `kwok-${digestOfFiles([path.join(import.meta.dirname, "go.mod")])}`);
    if (!existsSync(folder)) {
        console.error("building kwok from its Go modules; some minutes, once");
        const parts = mkdtempSync(`${folder}.part-`);
        try {
            await buildTools(import.meta.dirname, parts, console.error);
            await rename(parts, folder);
        } finally {
            await rm(parts, { recursive: true, force: true });
        }
    }
    return path.join(folder, "kwok");
}

/** Starts kwok with so many nodes of 8 GPUs; `stop` takes the nodes away again. */
export async function playNodes(count: number): Promise<{ stop(): Promise<void> }> {
    const kwok: ChildProcess = spawn(
        await provideKwok(),
        [
            `--kubeconfig=${adminKubeconfig}`,
            "--manage-all-nodes=false",
            `--manage-nodes-with-annotation-selector=${Object.entries(played)[0]?.join("=")}`,
        ],
        { stdio: "ignore" },
    );
    const names = Array.from({ length: count }, (_, index) => `played-${index}`);
    const amount = { cpu: "128", memory: "1Ti", pods: "110", "nvidia.com/gpu": "8", "ephemeral-storage": "1Ti" };
    const items = names.map((name) => ({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name, annotations: played, labels: { played: "true" } },
        spec: { taints: [{ key: "played", effect: "NoSchedule" }] },
        status: { capacity: amount, allocatable: amount },
    }));
    await admin(["create", "-f", "-"], { apiVersion: "v1", kind: "List", items });
    await admin(["wait", "--for=condition=Ready", "node", "-l", "played=true", "--timeout=60s"]);
    return {
        stop: async () => {
            await admin(["delete", "node", "-l", "played=true", "--wait=false"]);
            kwok.kill();
        },
    };
}

/** Makes other people's trainings: a Job with one pod each, with our labels, on a played node. */
export async function playTrainings(namespace: string, count: number): Promise<void> {
    const items = Array.from({ length: count }, (_, index) => {
        const name = `aframe-other-${index}`;
        const labels = { "app.kubernetes.io/name": "aframe", "app.kubernetes.io/instance": name };
        return {
            apiVersion: "batch/v1",
            kind: "Job",
            metadata: { name, namespace, labels },
            spec: {
                template: {
                    metadata: { labels },
                    spec: {
                        restartPolicy: "Never",
                        nodeSelector: { played: "true" },
                        tolerations: [{ key: "played", operator: "Exists" }],
                        containers: [{ name: "train", image: "none" }],
                    },
                },
            },
        };
    });
    await admin(["create", "-f", "-"], { apiVersion: "v1", kind: "List", items });
}

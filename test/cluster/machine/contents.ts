// What the cluster holds before anyone uses it: GPUs on its node, a storage class, a namespace, a user with the Role.

import path from "node:path";
import { execa } from "execa";
import type { Binaries } from "./binaries.ts";
import { writeKubeconfig } from "./controlPlane.ts";
import { adminKubeconfig, checkout, namespace, nodeName, userKubeconfig } from "./paths.ts";

export const storageClass = "aframe-local";
const user = "researcher";

/** Labels as NVIDIA's GPU feature discovery sets them. */
const gpuLabels = {
    "nvidia.com/gpu.count": "8",
    "nvidia.com/gpu.memory": "81920",
    "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB",
};

export type Kubectl = (args: readonly string[], input?: object) => Promise<string>;

/** kubectl as administrator; an object goes in as its standard input. */
export function kubectl(binaries: Binaries): Kubectl {
    return async (args, input) => {
        const options = input === undefined ? { stdin: "ignore" as const } : { input: JSON.stringify(input) };
        const { stdout } = await execa(binaries.kubectl, ["--kubeconfig", adminKubeconfig, ...args], options);
        return stdout;
    };
}

export async function fillCluster(binaries: Binaries): Promise<void> {
    const run = kubectl(binaries);
    await advertiseGpus(run, 8);
    await run(["label", "--overwrite", "node", nodeName, ...Object.entries(gpuLabels).map((pair) => pair.join("="))]);
    await run(["apply", "-f", "-"], {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name: storageClass },
        provisioner: "kubernetes.io/host-path",
        volumeBindingMode: "WaitForFirstConsumer",
        allowVolumeExpansion: true,
    });
    await run(["create", "namespace", namespace]);
    await run(["-n", namespace, "create", "serviceaccount", user]);
    await run(["-n", namespace, "apply", "-f", path.join(checkout, "docs/role.yaml")]);
    const binding = ["create", "rolebinding", "aframe", "--role=aframe", `--serviceaccount=${namespace}:${user}`];
    await run(["-n", namespace, ...binding]);
    const token = await run(["-n", namespace, "create", "token", user, "--duration=24h"]);
    await writeKubeconfig(userKubeconfig, user, token);
}

/** GPUs are a number that the node states; no device stands behind it. */
export async function advertiseGpus(run: Kubectl, count: number): Promise<void> {
    const amount = { "nvidia.com/gpu": String(count) };
    const patch = JSON.stringify({ status: { capacity: amount, allocatable: amount } });
    await run(["patch", "node", nodeName, "--subresource=status", "--type=merge", "-p", patch]);
}

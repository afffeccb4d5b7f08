// Where the test cluster keeps what it is made of, what it runs on, and how it is reached.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

export const checkout = path.join(import.meta.dirname, "../../..");

/** Outlives checkouts: binaries and images, each in a folder named by what it is made from. */
export const cacheDirectory = path.join(
    process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"),
    "aframe-test-cluster",
);

/** Everything of the running cluster; gone when it is stopped. There is one cluster per machine. */
export const stateDirectory = "/var/lib/aframe-test-cluster";

export const inState = (...names: string[]) => path.join(stateDirectory, ...names);

/** Of the person who may do everything; tests of the product use `userKubeconfig`. */
export const adminKubeconfig = inState("admin.kubeconfig");

/** Of a ServiceAccount that has the published Role in one namespace, and nothing else. */
export const userKubeconfig = inState("user.kubeconfig");

export const containerdSocket = inState("containerd.sock");

/** A line of JSON for each request of a ServiceAccount: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ */
export const auditLog = inState("audit.log");

/** Name of the one node, and of the context and namespace that tests use. */
export const nodeName = "aframe-node";
export const namespace = "aframe-test";

/** The pods' network: a bridge on this machine, whose own address is how pods reach it. */
export const network = {
    bridge: "aframe0",
    bridgeMac: "0a:58:0a:d5:00:01",
    hostAddress: "10.213.0.1",
    subnet: "10.213.0.0/24",
} as const;

export const apiServerPort = 16443;

/** Names a cache entry by the contents it is made from. */
export function digestOfFiles(files: readonly string[], ...more: string[]): string {
    const hash = createHash("sha256");
    for (const file of files) {
        hash.update(readFileSync(file));
    }
    return hash.update(more.join("\0")).digest("hex").slice(0, 16);
}

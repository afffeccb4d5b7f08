// Before and after all tests on the cluster: starts it, unless it runs already or another one is named.
import { isRunning, startCluster, stopCluster } from "./machine/cluster.ts";

const other = process.env.AFRAME_TEST_KUBECONFIG !== undefined;
let ours = false;

export async function globalSetup(): Promise<void> {
    if (!other && !isRunning()) {
        await startCluster((line) => {
            console.error(`cluster: ${line}`);
        });
        ours = true;
    }
}

export async function globalTeardown(): Promise<void> {
    if (ours) {
        await stopCluster();
    }
}

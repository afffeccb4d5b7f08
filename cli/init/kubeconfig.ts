// The cluster that kubectl would talk to now, to be written into a new stack.
import { stat } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../commandLine.ts";

export type CurrentCluster = { readonly context: string; readonly namespace: string } | { readonly missing: string };

/** Reads the current context of the kubeconfig; never fails, since a stack can be given its cluster later. */
export async function currentCluster({ environment, home }: Context): Promise<CurrentCluster> {
    const files = (environment.KUBECONFIG || path.join(home, ".kube", "config")).split(path.delimiter).filter(Boolean);
    const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
    const present = files.filter((_, index) => found[index]?.isFile());
    if (present.length === 0) return { missing: `there is no kubeconfig (${files.join(", ")})` };
    try {
        // Loaded here because it takes half a second, which an experiment without a bucket need not wait for.
        const { KubeConfig } = await import("@kubernetes/client-node");
        const merged = new KubeConfig();
        for (const [index, file] of present.entries()) {
            const one = new KubeConfig();
            one.loadFromFile(file);
            if (index === 0) merged.loadFromOptions(one);
            else merged.mergeConfig(one, true);
        }
        const name = merged.getCurrentContext();
        const context = merged.getContextObject(name);
        if (!context) return { missing: `${present.join(", ")} has no current context` };
        // kubectl's own rule for a context without a namespace.
        return { context: name, namespace: context.namespace || "default" };
    } catch (error) {
        const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
        return { missing: `${present.join(", ")} is not readable: ${reason}` };
    }
}

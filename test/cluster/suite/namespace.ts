// A namespace of a test's own, with a researcher who has the published Role in it and nothing else.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesObject, V1Job, V1Pod } from "@kubernetes/client-node";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { provideBinaries } from "../machine/binaries.ts";
import { adminKubeconfig, checkout, network } from "../machine/paths.ts";
import { atEnd } from "./atEnd.ts";

const external = process.env.AFRAME_TEST_KUBECONFIG;

/** Why a test of the node itself cannot run; a cluster that somebody else runs is not stopped, starved or filled. */
export const needsOwnNode =
    external === undefined ? false : "AFRAME_TEST_KUBECONFIG names a cluster of somebody else's";

/** The address of this machine for pods. */
export const hostAddress = process.env.AFRAME_TEST_HOST ?? network.hostAddress;

const program = external === undefined ? (await provideBinaries(console.error)).kubectl : "kubectl";
const folder = mkdtempSync(path.join(tmpdir(), "aframe-kubeconfig-"));
process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
});

/** kubectl with all rights, in no namespace in particular. */
export async function admin(args: readonly string[], input?: object): Promise<string> {
    const options = input === undefined ? { stdin: "ignore" as const } : { input: JSON.stringify(input) };
    const { stdout } = await execa(program, ["--kubeconfig", external ?? adminKubeconfig, ...args], options);
    return stdout;
}

export class Namespace {
    readonly name: string;
    /** Of the researcher; its one context is `aframe-test`. */
    readonly kubeconfig: string;
    /** kubectl itself. */
    readonly program = program;

    private constructor(name: string) {
        this.name = name;
        this.kubeconfig = path.join(folder, `${name}.kubeconfig`);
    }

    /** Goes after the tests of the file, with all that is in it. */
    static async make(name: string): Promise<Namespace> {
        // The one of an earlier run may still be going away.
        const namespace = new Namespace(`aframe-${name}-${randomBytes(2).toString("hex")}`);
        await admin(["create", "namespace", namespace.name]);
        atEnd(async () => {
            await admin(["delete", "namespace", namespace.name, "--wait=false"]);
        });
        await namespace.kubectl(["apply", "-f", path.join(checkout, "docs/role.yaml")]);
        await namespace.addUser("researcher", namespace.kubeconfig);
        return namespace;
    }

    /** A ServiceAccount with the Role, and a kubeconfig for it. */
    async addUser(user: string, kubeconfig: string, role = "aframe"): Promise<void> {
        await this.kubectl(["create", "serviceaccount", user]);
        const subject = `--serviceaccount=${this.name}:${user}`;
        await this.kubectl(["create", "rolebinding", user, `--role=${role}`, subject]);
        const token = await this.kubectl(["create", "token", user, "--duration=6h"]);
        const config = parse(await readFile(external ?? adminKubeconfig, "utf8")) as Kubeconfig;
        const [cluster] = config.clusters;
        const context = { cluster: cluster?.name, user, namespace: this.name };
        const own = {
            ...config,
            users: [{ name: user, user: { token } }],
            contexts: [{ name: "aframe-test", context }],
            "current-context": "aframe-test",
        };
        await writeFile(kubeconfig, stringify(own), { mode: 0o600 });
    }

    /** With all rights. */
    kubectl(args: readonly string[], input?: object): Promise<string> {
        return admin(["--namespace", this.name, ...args], input);
    }

    /** Names as kubectl prints them, for as long as somebody listens. */
    async *watch(args: readonly string[]): AsyncGenerator<string> {
        const options = ["--kubeconfig", external ?? adminKubeconfig, "--namespace", this.name];
        const child = execa(program, [...options, "get", ...args, "--watch", "-o", "name"], { reject: false });
        try {
            yield* createInterface({ input: child.stdout });
        } finally {
            child.kill();
        }
    }

    /** Everything of an experiment's kinds, or of those that are named. */
    async list<T extends KubernetesObject>(
        kinds = "jobs,pods,secrets,configmaps,persistentvolumeclaims",
    ): Promise<T[]> {
        const text = await this.kubectl(["get", kinds, "-o", "json"]);
        const { items } = JSON.parse(text) as { items: T[] };
        return items.filter(({ metadata }) => metadata?.name !== "kube-root-ca.crt");
    }

    /** `kind name` of everything there is. */
    async names(): Promise<string[]> {
        return (await this.list()).map(({ kind, metadata }) => `${kind ?? ""} ${metadata?.name ?? ""}`).sort();
    }

    /** The training Job of an experiment. */
    async job(stack: string): Promise<V1Job | undefined> {
        const jobs = await this.list<V1Job>("jobs");
        return jobs.find(({ metadata }) => metadata?.annotations?.["aframe/experiment"] === stack);
    }

    /** The pods of an experiment's Job. */
    async pods(stack: string): Promise<V1Pod[]> {
        const pods = await this.list<V1Pod>("pods");
        return pods.filter(({ metadata }) => metadata?.annotations?.["aframe/experiment"] === stack);
    }

    /** Lets a pod that is held go to a node. */
    async ungate(pod: string): Promise<void> {
        const patch = { spec: { schedulingGates: [] } };
        await this.kubectl(["patch", "pod", pod, "--type=merge", "-p", JSON.stringify(patch)]);
    }

    /** Waits for what `look` finds; fails after two minutes with what is there. */
    async until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
        const deadline = Date.now() + 120_000;
        for (;;) {
            const found = await look();
            if (found !== undefined && found !== false) {
                return found;
            }
            if (Date.now() > deadline) {
                const state = await this.kubectl(["get", "jobs,pods,events"]);
                throw new Error(`${what} did not come about within two minutes:\n${state}`);
            }
            await sleep(250);
        }
    }

    /** Waits for a pod of an experiment whose container has got that far. */
    untilContainer(stack: string, container: string, state: "running" | "terminated"): Promise<V1Pod> {
        return this.until(`container ${container} of ${stack} ${state}`, async () =>
            (await this.pods(stack)).find(({ status }) =>
                [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(
                    (one) => one.name === container && one.state?.[state] !== undefined,
                ),
            ),
        );
    }
}

/** Of a pod's spec: the pod is made, and no node is sought for it before the test calls `ungate`. */
export const held = { schedulingGates: [{ name: "aframe.test/held" }] };

interface Kubeconfig {
    readonly clusters: readonly { readonly name: string }[];
}

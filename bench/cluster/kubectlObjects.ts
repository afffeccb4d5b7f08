// The objects of one experiment as files for kubectl, which makes them one by one in the order that they need.

import { execa } from "execa";
import type { Namespace } from "../../test/cluster/suite/namespace.ts";

const order = ["ConfigMap", "Secret", "Job"];

export class KubectlObjects {
    readonly #namespace: Namespace;
    readonly #objects: readonly Written[];

    private constructor(namespace: Namespace, objects: readonly Written[]) {
        this.#namespace = namespace;
        this.#objects = objects;
    }

    /** Of what is in the namespace now, as somebody would have written it. */
    static async of(namespace: Namespace): Promise<KubectlObjects> {
        const found = await namespace.list<Written>();
        const written = found
            .filter(({ kind }) => order.includes(kind))
            .sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
            .map(({ metadata: { name, labels = {}, annotations = {} }, status: _, ...rest }) => ({
                ...rest,
                metadata: { name, labels, annotations },
                ...(rest.spec && { spec: withoutGenerated(rest.spec) }),
            }));
        return new KubectlObjects(namespace, written);
    }

    /** Seconds until the cluster has accepted the Job. */
    async create(): Promise<number> {
        const start = performance.now();
        for (const object of this.#objects) {
            await this.#kubectl(["create", "-f", "-"], object);
        }
        await this.#kubectl(["wait", "--for=jsonpath={.status.startTime}", `job/${this.#nameOf("Job")}`]);
        return (performance.now() - start) / 1000;
    }

    /** Seconds until all is gone, the Job's pods first. */
    async delete(): Promise<number> {
        const start = performance.now();
        for (const object of [...this.#objects].reverse()) {
            // To wait for a Secret's end kubectl would have to list Secrets, which nobody may here.
            const wait = object.kind === "Job" ? "--cascade=foreground" : "--wait=false";
            await this.#kubectl(["delete", wait, "-f", "-"], object);
        }
        return (performance.now() - start) / 1000;
    }

    #nameOf(kind: string): string {
        return this.#objects.find((object) => object.kind === kind)?.metadata.name ?? "";
    }

    /** With the researcher's own kubeconfig, as our commands. */
    async #kubectl(args: readonly string[], input?: object): Promise<void> {
        const options = input === undefined ? { stdin: "ignore" as const } : { input: JSON.stringify(input) };
        await execa(this.#namespace.program, ["--kubeconfig", this.#namespace.kubeconfig, ...args], options);
    }
}

/** As much of an object as has to be told apart from what the cluster added. */
interface Written {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly labels?: Strings; readonly annotations?: Strings };
    readonly spec?: JobSpec;
    readonly status?: unknown;
}

interface JobSpec {
    readonly selector?: unknown;
    readonly template: { readonly metadata: { readonly labels?: Strings } };
}

type Strings = Record<string, string>;

/** The cluster ties a Job to its pods by labels of its own. */
function withoutGenerated({ selector: _, ...spec }: JobSpec): JobSpec {
    const { metadata } = spec.template;
    const labels = Object.entries(metadata.labels ?? {}).filter(([name]) => !/controller-uid|job-name/.test(name));
    return { ...spec, template: { ...spec.template, metadata: { ...metadata, labels: Object.fromEntries(labels) } } };
}

// What `npm run demo -- --remote` trains on: the tests' cluster and a private git server, each a program of its own.
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";

/** The parts of a stack's config that make an experiment train there. */
export interface RemoteCluster {
    readonly kubeconfig: string;
    /** This machine's address for pods. */
    readonly host: string;
    /** Settings of the cfg, by section. */
    readonly settings: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly podTemplatePatch: object;
    stop(): Promise<void>;
}

interface Description {
    readonly kubeconfig: string;
    readonly host: string;
    readonly image: string;
}

interface Repository {
    readonly url: string;
    readonly ref: string;
    readonly key: string;
}

/** Takes a cluster that runs already, and then leaves it running. */
export async function startRemoteCluster(checkout: string): Promise<RemoteCluster> {
    const program = path.join(checkout, "test/cluster/main.ts");
    const cluster = (verb: string) => execa(process.execPath, [program, verb], { stderr: "inherit", stdin: "ignore" });
    const ranBefore = (await execa(process.execPath, [program, "status"], { reject: false })).exitCode === 0;
    await cluster("start");
    const { kubeconfig, host, image } = JSON.parse((await cluster("describe")).stdout) as Description;
    const git = execa(process.execPath, [program, "git"], {
        stdin: "pipe",
        stderr: "inherit",
        detached: true,
        reject: false,
    });
    const [line] = (await once(createInterface({ input: git.stdout }), "line")) as [string];
    const { url, ref, key } = JSON.parse(line) as Repository;
    const present = { imagePullPolicy: "IfNotPresent" };
    return {
        kubeconfig,
        host,
        settings: {
            luigi_Train: {
                // The documentation's own example.
                ...{ request_gpus: "4", cpus_per_gpu: "12", memory_per_cpu: "1" },
                ...{ remote_image: image, use_init_containers: "True", git_url: url, git_ref: ref },
            },
            luigi_ssh: { ssh_file: key },
        },
        // Its images come from no registry, so that there is none to ask for a newer one.
        podTemplatePatch: {
            spec: {
                initContainers: [{ name: "fetch-data", ...present }],
                containers: [{ name: "train", ...present }],
            },
        },
        stop: async () => {
            git.stdin.end();
            await git;
            if (!ranBefore) {
                await cluster("stop");
            }
        },
    };
}

// Experiments and users beside each other, in one namespace and one bucket: nothing is shared, nothing is taken along.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { KubernetesObject } from "@kubernetes/client-node";
import { bucket, Experiment, objectsIn, startS3 } from "./experiment.ts";
import { GitServer } from "./gitServer.ts";
import { Namespace } from "./namespace.ts";

const [namespace, s3, git] = await Promise.all([Namespace.make("sharing"), startS3(), GitServer.start()]);
const colleague = `${namespace.kubeconfig}.colleague`;
await namespace.addUser("colleague", colleague);

const repository = git.makeRepository("code");
repository.useScript(['while not (run / "go").exists(): time.sleep(0.1)']);
repository.publish();

interface Options {
    readonly prefix?: string;
    readonly kubeconfig?: string;
    readonly config?: Readonly<Record<string, unknown>>;
}

/** A training that goes on until `letGo`. */
function make(stack: string, options: Options = {}): Promise<Experiment> {
    const code = { use_init_containers: "true", git_url: git.url("code"), git_ref: "main" };
    const settings = { luigi_Train: code, luigi_ssh: { ssh_file: git.keys.ed25519 } };
    return Experiment.make(stack, s3, { namespace, settings, ...options });
}

async function letGo(pod: string): Promise<void> {
    await namespace.kubectl(["exec", pod, "-c", "train", "--", "touch", "/aframe/run/go"]);
}

/** `kind name` of what belongs to the experiment with a prefix, without the pods. */
async function objectsOf(prefix: string): Promise<string[]> {
    const all = await namespace.list<KubernetesObject>("jobs,secrets,configmaps");
    const own = all.filter(({ metadata }) => metadata?.annotations?.["aframe/run-dir"]?.startsWith(`${prefix}/`));
    return own.map(({ kind, metadata }) => `${kind ?? ""} ${metadata?.name ?? ""}`).sort();
}

async function under(folder: string): Promise<string[]> {
    return (await objectsIn(s3.client)).filter((key) => key.startsWith(`${folder}/`));
}

/** All that was there still is; a training that runs may have brought more. */
async function assertKept(folder: string, keys: readonly string[]): Promise<void> {
    const now = await under(folder);
    const lost = keys.filter((key) => !now.includes(key));
    assert.deepEqual(lost, []);
}

describe("in one namespace and one bucket", { concurrency: true, timeout: 240_000 }, () => {
    it("run1 and run10 of two users share nothing, and destroying the one with all it made leaves the other running", async () => {
        const one = await make("run1", { config: { "aframe:artifacts": "delete", "aframe:wait": false } });
        const other = await make("run10", { kubeconfig: colleague });
        const up = other.start();
        await one.mustRun("up");
        const pod = await namespace.untilContainer("run10", "train", "running");
        const [ones, others] = [await objectsOf(`s3://${bucket}/run1`), await objectsOf(`s3://${bucket}/run10`)];
        assert.deepEqual([ones.length, others.length], [4, 4], [...ones, ...others].join());
        assert.equal(new Set([...ones, ...others]).size, 8);
        const before = await under("run10");
        assert.ok((await under("run1")).length > 3 && before.length > 3);

        await one.mustRun("destroy", ["--yes"]);
        assert.deepEqual([await objectsOf(`s3://${bucket}/run1`), await under("run1")], [[], []]);
        assert.deepEqual(await objectsOf(`s3://${bucket}/run10`), others);
        await assertKept("run10", before);

        await letGo(pod.metadata?.name ?? "");
        const { code, stdout, stderr } = await up.finished;
        assert.equal(code, 0, stdout + stderr);
        assert.equal((await namespace.job("run10"))?.status?.succeeded, 1);
        assert.ok((await under("run10")).some((key) => key.endsWith("/model.pt")));
    });

    it("two users may give a stack the same name", async () => {
        const config = { "aframe:wait": false };
        const prefixes = ["alice", "bob"].map((user) => `s3://${bucket}/${user}/same`) as [string, string];
        const alice = await make("same", { prefix: prefixes[0], config });
        const bob = await make("same", { prefix: prefixes[1], config, kubeconfig: colleague });
        await Promise.all([alice.mustRun("up"), bob.mustRun("up")]);
        const [hers, his] = [await objectsOf(prefixes[0]), await objectsOf(prefixes[1])];
        assert.equal(new Set([...hers, ...his]).size, 8, [...hers, ...his].join());
        await alice.mustRun("destroy", ["--yes"]);
        assert.deepEqual([await objectsOf(prefixes[0]), await objectsOf(prefixes[1])], [[], his]);
        await bob.mustRun("destroy", ["--yes"]);
        assert.deepEqual(await objectsOf(prefixes[1]), []);
    });

    it("a prefix that another stack owns is refused in preview, by its owner's name, also to a namesake", async () => {
        const prefix = `s3://${bucket}/taken`;
        const owner = await make("owner", { prefix, config: { "aframe:wait": false } });
        await owner.mustRun("up");
        const made = await under("taken");
        for (const stack of ["second", "owner"]) {
            const config = { "aframe:artifacts": "delete" };
            const second = await make(stack, { prefix, kubeconfig: colleague, config });
            for (const verb of ["preview", "up"]) {
                const text = await second.mustRun(verb, [], 1);
                assert.match(
                    text,
                    /s3:\/\/laboratory\/taken\/\S+ belongs to the stack owner \(claim \S+\): choose another/,
                );
            }
            await second.mustRun("destroy", ["--yes"]);
        }
        assert.equal(await namespace.job("second"), undefined);
        await assertKept("taken", made);
    });
});

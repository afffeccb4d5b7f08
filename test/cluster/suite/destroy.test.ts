// `aframe destroy` at every moment of an experiment: what it takes, what it leaves, and what it says when it cannot.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { ApiProxy } from "./apiProxy.ts";
import { bucket, type Experiment, objectsIn } from "./experiment.ts";
import { claim, Trainings } from "./trainings.ts";

const forEver = "while True: time.sleep(0.1)";

const trainings = await Trainings.prepare("destroy");

describe("destroy leaves nothing on the cluster", { concurrency: true, timeout: 240_000 }, () => {
    /** What the cluster has of an experiment. */
    const left = async (stack: string) =>
        (await trainings.namespace.names()).filter((name) => name.includes(` aframe-${stack}-`));

    const objects = async (folder: string) =>
        (await objectsIn(trainings.s3.client)).filter((key) => key.startsWith(`${folder}/`));

    it("of a training that waits for a GPU; a cluster out of reach is told, with all that is still there", async () => {
        const stack = "pending";
        const experiment = await trainings.make(stack, [forEver]);
        experiment.set("luigi_Train", "request_gpus", "64");
        const up = experiment.start();
        await trainings.namespace.until("a wait for a GPU", () =>
            Promise.resolve(up.output.includes("waiting for a node with free resources")),
        );
        up.interrupt();
        const { code, stderr, stdout } = await up.finished;
        assert.equal(code, 130, stderr);
        assert.match(stdout + stderr, /the training goes on, and the next up comes back to it/);

        const closed = `${trainings.namespace.kubeconfig}.closed`;
        const kubeconfig = await readFile(trainings.namespace.kubeconfig, "utf8");
        await writeFile(closed, kubeconfig.replace(/server: .*/, "server: https://127.0.0.1:16445"));
        const there = await left(stack);
        const away = await runWith(experiment, closed, "destroy", "--yes");
        assert.equal(away.code, 1, away.text);
        assert.match(away.text, /cannot reach the Kubernetes API server https:\/\/127\.0\.0\.1:16445: .*ECONNREFUSED/);
        assert.match(away.text, /the same command goes on from there/);
        for (const name of there.filter((one) => !one.startsWith("Pod "))) {
            assert.ok(away.text.includes(`(${trainings.namespace.name}/${name.split(" ")[1]})`), away.text);
        }
        assert.deepEqual(await left(stack), there);

        await experiment.mustRun("destroy", ["--yes"]);
        assert.deepEqual(await left(stack), []);
        assert.match(await experiment.mustRun("destroy", ["--yes"]), /Resources:\n {4}none/);
    });

    it("of a training that runs; who holds its claim is named, and when they let go it finishes", async () => {
        const stack = "running";
        const { namespace } = trainings;
        const experiment = await trainings.make(stack, [forEver], { config: { ...claim, "aframe:wait": false } });
        await experiment.mustRun("up");
        await namespace.untilContainer(stack, "train", "running");
        const claimName = (await left(stack)).find((name) => name.startsWith("Persistent"))?.split(" ")[1] ?? "";
        await namespace.kubectl(["apply", "-f", "-"], notebook(claimName));
        await namespace.kubectl(["wait", "--for=condition=Ready", "pod/notebook", "--timeout=60s"]);

        const first = experiment.start("destroy", ["--yes"]);
        await namespace.until("a word about the pod", () => Promise.resolve(first.output.includes("the pod notebook")));
        first.interrupt();
        const stopped = await first.finished;
        assert.equal(stopped.code, 130);
        const held = `PersistentVolumeClaim ${namespace.name}/${claimName} is being deleted, held by`;
        assert.ok(stopped.stdout.includes(held), stopped.stdout);
        assert.match(stopped.stdout, /the pod notebook uses it.*; stopped waiting for it/);
        assert.ok(stopped.stdout.includes(`(${namespace.name}/${claimName})`), stopped.stdout);
        assert.deepEqual(await left(stack), [`PersistentVolumeClaim ${claimName}`]);

        const second = experiment.start("destroy", ["--yes"]);
        await namespace.until("a word about the pod", () =>
            Promise.resolve(second.output.includes("the pod notebook")),
        );
        await namespace.kubectl(["delete", "pod", "notebook"]);
        assert.equal((await second.finished).code, 0, second.output);
        assert.deepEqual(await left(stack), []);
    });

    it("of a training that failed; what is on S3 stays", async () => {
        const stack = "failed";
        const experiment = await trainings.make(stack, ["sys.exit(84)"]);
        await experiment.mustRun("up", [], 1);
        const made = await objects(stack);
        await experiment.mustRun("destroy", ["--yes"]);
        assert.deepEqual(await left(stack), []);
        const artefacts = made.filter((key) => !key.endsWith(".aframe-owner.json"));
        assert.ok(artefacts.some((key) => key.includes("background")) && artefacts.length < made.length);
        assert.deepEqual(await objects(stack), artefacts);
    });

    it("of a training that finished; with artifacts: delete nothing of it is on S3 either, and a neighbour's is", async () => {
        const stack = "finished";
        const neighbour = { Bucket: bucket, Key: `${stack}0/data/train/a.hdf5`, Body: "a neighbour's" };
        await trainings.s3.client.send(new PutObjectCommand(neighbour));
        const experiment = await trainings.make(stack, [], { config: { "aframe:artifacts": "delete" } });
        await experiment.mustRun("up");
        assert.ok((await objects(stack)).some((key) => key.endsWith("/model.pt")));
        await experiment.mustRun("destroy", ["--yes"]);
        assert.deepEqual(await left(stack), []);
        assert.deepEqual([await objects(stack), await objects(`${stack}0`)], [[], [neighbour.Key]]);
    });

    it("of an up that was killed while it made Secrets, then its Job, and never heard that they were made", async () => {
        const stack = "killed";
        const experiment = await trainings.make(stack, [forEver]);
        const proxy = await ApiProxy.start(trainings.namespace.kubeconfig);
        for (const [kind, count] of [
            ["secrets", 2],
            ["jobs", 1],
        ] as const) {
            await killedAt(experiment, proxy, kind, count);
            const locked = await experiment.run("destroy", ["--yes"]);
            assert.match(locked.stderr, /is locked.*no longer running/s);
            await experiment.mustRun("cancel", ["--yes"]);
        }
        const there = await left(stack);
        assert.ok(there.some((name) => name.startsWith("Job ")) && there.some((name) => name.startsWith("Secret ")));
        const text = await experiment.mustRun("destroy", ["--yes"]);
        assert.match(text, /it was made before the last operation was cut off, and is taken on/);
        assert.deepEqual(await left(stack), []);
    });
});

async function runWith(experiment: Experiment, kubeconfig: string, ...args: string[]) {
    const [verb = "", ...rest] = args;
    const environment = { ...experiment.environment, KUBECONFIG: kubeconfig };
    const given = [verb, "--stack", experiment.stack, ...rest];
    const { code, stdout, stderr } = await experiment.checkout.run("aframe", given, environment);
    return { code, text: stdout + stderr };
}

/** An `up` that dies when the cluster has made so many objects of a kind and nobody has heard of it. */
async function killedAt(experiment: Experiment, proxy: ApiProxy, kind: string, count: number): Promise<void> {
    proxy.withheld = (request) => request.startsWith("POST ") && request.endsWith(`/${kind}`);
    const environment = { ...experiment.environment, KUBECONFIG: proxy.kubeconfig };
    const finished = await experiment.checkout.run(
        "aframe",
        ["up", "--stack", experiment.stack],
        environment,
        (child) => {
            let made = 0;
            proxy.onWithheld = () => {
                made += 1;
                if (made === count) child.kill("SIGKILL");
            };
        },
    );
    assert.equal(finished.code, null, finished.stdout);
}

/** A pod of somebody's who looks at the checkpoints. */
function notebook(claimName: string): object {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "notebook" },
        spec: {
            terminationGracePeriodSeconds: 0,
            volumes: [{ name: "data", persistentVolumeClaim: { claimName } }],
            containers: [
                {
                    name: "notebook",
                    image: "aframe.test/train:main",
                    imagePullPolicy: "IfNotPresent",
                    command: ["sleep", "3600"],
                    volumeMounts: [{ name: "data", mountPath: "/data" }],
                },
            ],
        },
    };
}

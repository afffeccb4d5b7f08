// What happens to a training between two of its pods: how the first one ended, and where the next one begins.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { startFaultProxy } from "../../pipeline/transfer/faults/proxy.ts";
import { pauseImage } from "../machine/node.ts";
import { nodeName } from "../machine/paths.ts";
import { admin, hostAddress, needsOwnNode } from "./namespace.ts";
import { claim, Trainings, untilLetGo } from "./trainings.ts";

const trainings = await Trainings.prepare("retries");
const { namespace } = trainings;

/** Python for the first of two pods that share a claim. */
const once = (...lines: readonly string[]) => [
    'tried = run / "tried"',
    "if not tried.exists():",
    ...["tried.touch()", ...lines].map((line) => `    ${line}`),
];

const isFetch = (request: string) => request.startsWith("GET ") && request.includes(".hdf5");

const withArguments = 'print("arguments:", *sys.argv[1:])';

describe("a training is tried again", { concurrency: true }, () => {
    it("after it ran out of memory, with advice on the setting that gives it more", async () => {
        const script = once('print("loading")', "hog = bytearray(2**29)");
        const experiment = await trainings.make("memory", script, { limits: { memory: "256Mi" }, config: claim });
        const text = await trainings.end(experiment.start(), 0);
        const [first, second] = await trainings.podNames("memory");
        const cause = "out of memory (exit code 137); raise memory_per_cpu";
        assert.ok(text.includes(`an earlier pod ended: container train of pod ${first}: ${cause}`), text);
        assert.match(text, /\[Train\] train: loading\n/);
        assert.ok(second !== undefined);
    });

    it("after it filled the node's disk beyond its limit", async () => {
        const script = once('pathlib.Path("/tmp/full").write_bytes(b"x" * 2**26)', "time.sleep(600)");
        const limits = { "ephemeral-storage": "32Mi" };
        const experiment = await trainings.make("disk", script, { limits, config: claim });
        const text = await trainings.end(experiment.start(), 0);
        const [first] = await trainings.podNames("disk");
        const cause = 'it was evicted: Container train exceeded its local ephemeral storage limit "32Mi".';
        assert.ok(text.includes(`an earlier pod ended: pod ${first}: ${cause}`), text);
        assert.equal((await namespace.job("disk"))?.status?.failed, 1);
    });

    it("from its last checkpoint and without downloading again, where a claim keeps both", async () => {
        const script = [
            withArguments,
            'checkpoint = run / "lightning_logs/version_0/checkpoints/last.ckpt"',
            "if not checkpoint.exists():",
            "    checkpoint.parent.mkdir(parents=True)",
            '    checkpoint.write_text("epoch 1")',
            "    sys.exit(5)",
        ];
        const experiment = await trainings.make("resumed", script, { config: claim });
        await trainings.end(experiment.start(), 0);
        const [first = "", second = "", ...more] = await trainings.podNames("resumed");
        assert.deepEqual(more, []);
        assert.doesNotMatch(await trainings.log(first, "train"), /--ckpt_path/);
        assert.match(
            await trainings.log(second, "train"),
            /^going on from .*\narguments: .* --ckpt_path \S+last\.ckpt$/m,
        );
        assert.match(await trainings.log(first, "fetch-data"), /files are complete, (?!0\.0)\S+ MB were downloaded/);
        assert.match(await trainings.log(second, "fetch-data"), /files are complete, 0\.0 MB were downloaded/);
    });

    it("from the middle of the files that it was fetching, where a claim keeps them", async () => {
        const proxy = await startFaultProxy(trainings.s3.endpoint, hostAddress);
        proxy.faultOf = (request) => (isFetch(request) ? { type: "stall", at: 0.9 } : undefined);
        const env = [{ name: "AWS_ENDPOINT_URL", value: proxy.endpoint }];
        const podSpec = { initContainers: [{ name: "fetch-data", env }] };
        const experiment = await trainings.make("cut", [untilLetGo], { config: claim, podSpec });
        const running = experiment.start();
        const first = await trainings.untilPod("cut");
        await namespace.untilContainer("cut", "fetch-data", "running");
        const begun = "until find /aframe/data -size +200k | grep -q aframe-part; do sleep 0.1; done";
        await namespace.kubectl(["exec", first, "-c", "fetch-data", "--", "timeout", "60", "sh", "-c", begun]);
        proxy.faultOf = () => undefined;
        proxy.follow([]);
        await trainings.evict(first);
        const second = await trainings.untilTraining("cut", first);
        await trainings.letGo(second);
        await trainings.end(running, 0);
        assert.match(proxy.requests.filter(isFetch).join("\n"), /\.hdf5\S* bytes=[1-9]\d*-$/m);
        assert.match(await trainings.log(second, "fetch-data"), /files are complete/);
    });

    it("from its beginning where nothing is kept, when its node is drained, which costs no retry", async () => {
        const experiment = await trainings.make("drained", [withArguments, untilLetGo]);
        const running = experiment.start();
        const first = await trainings.untilTraining("drained");
        await trainings.evict(first);
        await trainings.untilSaid(running, new RegExp(`pod ${first}: it had to leave its node, as for maintenance`));
        const second = await trainings.untilTraining("drained", first);
        await trainings.letGo(second);
        await trainings.end(running, 0);
        assert.doesNotMatch(await trainings.log(second, "train"), /--ckpt_path/);
        assert.match(await trainings.log(second, "fetch-data"), /files are complete, (?!0\.0)\S+ MB were downloaded/);
        assert.equal((await namespace.job("drained"))?.status?.failed ?? 0, 0);
    });

    it("once a pod of higher priority has left the place that it took", { skip: needsOwnNode }, async () => {
        await setSlots("1");
        after(() => setSlots(undefined));
        const experiment = await trainings.make("preempted", [untilLetGo], { limits: { [slot]: "1" } });
        const running = experiment.start();
        const first = await trainings.untilTraining("preempted");
        const leave = await intrude();
        await trainings.untilSaid(
            running,
            new RegExp(`pod ${first}: it had to make room for a pod of higher priority`),
        );
        await trainings.untilSaid(running, /waiting for a node with free resources: .*Insufficient aframe\.test\/slot/);
        await leave();
        const second = await trainings.untilTraining("preempted", first);
        await trainings.letGo(second);
        await trainings.end(running, 0);
        assert.equal((await namespace.job("preempted"))?.status?.failed ?? 0, 0);
    });
});

/** A resource that only this test asks for, so that nobody else's pods have to go. */
const slot = "aframe.test/slot";

async function setSlots(count: string | undefined): Promise<void> {
    const path = "/status/capacity/aframe.test~1slot";
    const change = count === undefined ? { op: "remove", path } : { op: "add", path, value: count };
    await admin(["patch", "node", nodeName, "--subresource=status", "--type=json", "-p", JSON.stringify([change])]);
}

/** Starts a pod of higher priority that takes the slot, and returns what removes it. */
async function intrude(): Promise<() => Promise<void>> {
    const urgent = "aframe-test-urgent";
    await admin(["apply", "-f", "-"], {
        apiVersion: "scheduling.k8s.io/v1",
        kind: "PriorityClass",
        metadata: { name: urgent },
        value: 1000,
    });
    after(() => admin(["delete", "priorityclass", urgent]));
    const container = { name: "pause", image: pauseImage, resources: { limits: { [slot]: "1" } } };
    await namespace.kubectl(["apply", "-f", "-"], {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: urgent },
        spec: { priorityClassName: urgent, terminationGracePeriodSeconds: 0, containers: [container] },
    });
    return async () => {
        await namespace.kubectl(["delete", "pod", urgent]);
    };
}

// Files of a stage are on S3 before its task has ended, and what is there in the end is right all the same.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { fingerprintOf } from "../../../pipeline/stage/fingerprint.ts";
import { describe } from "../../../pipeline/stage/records.ts";
import { runStage } from "../../../pipeline/stage/runner.ts";
import type { StageInputs } from "../../../pipeline/stage/state.ts";
import { fetchManifest } from "../../../pipeline/transfer/manifestObject.ts";
import { Experiment } from "../fixtures/experiment.ts";
import { haste } from "../fixtures/hastyProvider.ts";
import { keys, prefix, startProxy, startS3 } from "../fixtures/s3.ts";
import { until } from "../fixtures/until.ts";

const { client, connection } = await startS3();

type S3Proxy = Awaited<ReturnType<typeof startProxy>>;

/** An experiment, and a stage of it that reaches S3 through a proxy of its own, below a prefix of its own. */
class Sending {
    readonly name: string;
    readonly experiment: Experiment;
    readonly proxy: S3Proxy;

    private constructor(name: string, experiment: Experiment, proxy: S3Proxy) {
        this.name = name;
        this.experiment = experiment;
        this.proxy = proxy;
    }

    static async make(t: TestContext, name: string): Promise<Sending> {
        return new Sending(name, await Experiment.make(t), await startProxy(connection.endpoint ?? ""));
    }

    stage(words: readonly string[], rest: Partial<StageInputs> = {}): StageInputs {
        const s3 = { ...connection, endpoint: this.proxy.endpoint };
        return this.experiment.stage(words, { target: prefix(this.name), s3, ...rest });
    }

    /** Runs a stage in a process of its own. */
    async start(t: TestContext, inputs: StageInputs) {
        const file = this.experiment.file("inputs.json");
        await writeFile(file, JSON.stringify(inputs));
        const script = fileURLToPath(import.meta.resolve("../fixtures/hastyProvider.ts"));
        const child = spawn(process.execPath, [script, file], { stdio: ["ignore", "pipe", "inherit"] });
        t.after(() => child.kill("SIGKILL"));
        let output = "";
        child.stdout.on("data", (chunk: Buffer) => {
            output += chunk.toString();
        });
        const exit = once(child, "exit");
        return { child, exit, output: () => output };
    }

    async text(name: string): Promise<string | undefined> {
        const object = new GetObjectCommand({ Bucket: "data", Key: `${this.name}/${name}` });
        return client.send(object).then(
            ({ Body }) => Body?.transformToString(),
            () => undefined,
        );
    }

    /** Waits for an object. */
    arrived(name: string, text: string): Promise<true> {
        return until(`${name} on S3`, async () => ((await this.text(name)) === text ? true : undefined));
    }

    /** Lets the task go on that waits for this. */
    go(name = "go"): Promise<void> {
        return writeFile(this.experiment.file(`data/${name}`), "");
    }

    /** How often an object was sent. */
    puts(name: string): number {
        return this.proxy.requests.filter((line) => line.startsWith(`PUT /data/${this.name}/${name}`)).length;
    }

    async objects(): Promise<string[]> {
        return (await keys(client, `${this.name}/`)).map((key) => key.slice(this.name.length + 1));
    }

    manifest() {
        return fetchManifest(client, prefix(this.name), "Fetch");
    }
}

const [a, b] = ["background/a.hdf5", "background/b.hdf5"];
const manifestObject = ".aframe/Fetch.manifest.json";

test("each file is on S3 while the task still makes others, and is not sent again at the end", async (t) => {
    const sending = await Sending.make(t, "early");
    const words = [`make:${a}=strain a`, "until:go", `make:${b}=strain b`, "make:segments.txt=0 1"];
    const running = runStage(sending.stage(words), haste);
    await sending.arrived(a, "strain a");
    assert.deepEqual(await sending.objects(), [a]);
    await sending.go();
    const { manifest } = await running;
    assert.deepEqual(await sending.manifest(), manifest);
    assert.deepEqual(await sending.objects(), [manifestObject, a, b, "segments.txt"]);
    assert.equal(sending.puts(a), 1);
});

test("a file that the task has open waits, however long it has not changed", async (t) => {
    const sending = await Sending.make(t, "open");
    const words = [`open:${a}=strain`, "make:segments.txt=0 1", "until:go", "close", "until:end"];
    const running = runStage(sending.stage(words), haste);
    await sending.arrived("segments.txt", "0 1");
    assert.deepEqual(await sending.objects(), ["segments.txt"]);
    await sending.go();
    await sending.arrived(a, "strain");
    await sending.go("end");
    await running;
});

test("a file that the task writes anew after it was sent ends right", async (t) => {
    const sending = await Sending.make(t, "anew");
    const words = [`make:${a}=strain a`, "until:go", `rewrite:${a}=strain A`, "make:segments.txt=0 1"];
    const running = runStage(sending.stage(words), haste);
    await sending.arrived(a, "strain a");
    await sending.go();
    const { manifest } = await running;
    assert.deepEqual(await sending.manifest(), manifest);
    assert.equal(await sending.text(a), "strain A");
});

test("a file that changes while it is sent is sent again once it holds still", async (t) => {
    const sending = await Sending.make(t, "changing");
    let stalled = 0;
    sending.proxy.plan = (method, url) =>
        method === "PUT" && url.includes(a) && stalled++ === 0 ? { type: "reset", bytes: 1e9 } : undefined;
    const words = [`make:${a}=strain a`, "until:go", `rewrite:${a}=strain A`, "until:end", "make:segments.txt=0 1"];
    const { exit, output } = await sending.start(t, sending.stage(words));
    await until("the first attempt", () => Promise.resolve(stalled > 0 ? true : undefined));
    await sending.go();
    await sending.arrived(a, "strain A");
    await sending.go("end");
    assert.deepEqual(await exit, [0, null]);
    // The attempt that was under way when the file changed does not come after the right one.
    assert.match(output(), /\[Fetch\] sent 2 files \(11 B\)/);
    assert.equal(await sending.text(a), "strain A");
});

test("sending that fails while the task runs is told once, and made up for at the end", async (t) => {
    const sending = await Sending.make(t, "refused");
    const denied = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>";
    let refused = 0;
    sending.proxy.plan = (method) =>
        method === "PUT" && refused++ < 3 ? { type: "answer", status: 403, body: denied } : undefined;
    const words = [`make:${a}=strain a`, `make:${b}=strain b`, "until:go", "make:segments.txt=0 1"];
    const { exit, output } = await sending.start(t, sending.stage(words));
    await until("three refusals", () => Promise.resolve(refused > 3 ? true : undefined));
    await sending.go();
    assert.deepEqual(await exit, [0, null]);
    const told = output().split("\n");
    assert.equal(
        told.filter((line) => line.includes("it is tried again later, at the latest when the task has ended")).length,
        1,
    );
    assert.ok(told.some((line) => line.startsWith("[Fetch] sent 3 files (")));
    assert.deepEqual(await sending.objects(), [manifestObject, a, b, "segments.txt"]);
});

test("what a killed run had sent is not sent again", async (t) => {
    const sending = await Sending.make(t, "killed");
    const words = [`make:${a}=strain a`, `make:${b}=strain b`, "until:go", "make:segments.txt=0 1"];
    const { child, exit } = await sending.start(t, sending.stage(words));
    await sending.arrived(a, "strain a");
    await sending.arrived(b, "strain b");
    child.kill("SIGKILL");
    await exit;
    assert.equal(await sending.manifest(), undefined);
    await sending.go();
    await runStage(sending.stage(words), haste);
    assert.deepEqual([sending.puts(a), sending.puts(b)], [1, 1]);
    assert.deepEqual(await sending.objects(), [manifestObject, a, b, "segments.txt"]);
});

test("what a task had sent before it failed goes when the next run makes other files", async (t) => {
    const sending = await Sending.make(t, "failed");
    const failing = sending.stage([`make:${a}=strain a`, "until:go", "fail:3"]);
    const running = assert.rejects(runStage(failing, haste), /failed with exit code 3/);
    await sending.arrived(a, "strain a");
    await sending.go();
    await running;
    assert.deepEqual(await sending.objects(), [a]);
    await runStage(sending.stage([`make:${b}=strain b`, "make:segments.txt=0 1"]), haste);
    assert.deepEqual(await sending.objects(), [manifestObject, b, "segments.txt"]);
});

test("the manifest of other results goes before the first of their objects is replaced, and none is left over", async (t) => {
    const sending = await Sending.make(t, "replaced");
    await runStage(sending.stage([`make:${a}=old`, `make:${b}=old`, "make:segments.txt=0 1"]), haste);
    sending.proxy.requests.length = 0;
    const settings = { edited: "1" };
    const words = ["make:segments.txt=0 1", `make:${a}=new`, "until:go", "make:background/c.hdf5=new"];
    const { child, exit } = await sending.start(t, sending.stage(words, { settings }));
    await sending.arrived(a, "new");
    assert.equal(await sending.manifest(), undefined);
    const requests = sending.proxy.requests;
    const place = (start: string) => requests.findIndex((line) => line.startsWith(start));
    assert.ok(place(`DELETE /data/replaced/${manifestObject}`) < place(`PUT /data/replaced/${a}`));
    assert.equal(sending.puts("segments.txt"), 0);
    // The one that knew the old manifest does not live to see the end.
    child.kill("SIGKILL");
    await exit;
    await sending.go();
    await runStage(sending.stage(words, { settings }), haste);
    assert.deepEqual(await sending.objects(), [manifestObject, a, "background/c.hdf5", "segments.txt"]);
});

test("new files beside those of other results leave their manifest standing until one is replaced", async (t) => {
    const sending = await Sending.make(t, "beside");
    const { manifest } = await runStage(sending.stage([`make:${a}=old`, "make:segments.txt=0 1"]), haste);
    const words = [`make:${b}=new`, "until:go", "fail:3"];
    const running = assert.rejects(runStage(sending.stage(words, { settings: { edited: "1" } }), haste), /code 3/);
    await sending.arrived(b, "new");
    assert.deepEqual(await sending.manifest(), manifest);
    await sending.go();
    await running;
    // The edit is taken back, which costs nothing; what was sent meanwhile goes with the next results.
    await runStage(sending.stage([`make:${a}=old`, "make:segments.txt=0 1"]), haste);
    assert.equal(await sending.experiment.runs(), 2);
    await runStage(sending.stage([`make:${a}=new`, "make:segments.txt=1"], { settings: { edited: "2" } }), haste);
    assert.deepEqual(await sending.objects(), [manifestObject, a, "segments.txt"]);
});

test("a task that is stopped leaves no transfer going", async (t) => {
    const sending = await Sending.make(t, "stopped");
    sending.proxy.plan = (method) => (method === "PUT" ? { type: "stall" } : undefined);
    const { child, exit } = await sending.start(t, sending.stage([`make:${a}=strain a`, "until:go"]));
    await until("a transfer", () => Promise.resolve(sending.puts(a) > 0 ? true : undefined));
    child.kill("SIGINT");
    assert.deepEqual(await exit, [1, null]);
    assert.deepEqual(await sending.objects(), []);
});

test("a file is not read again at the end while it is in the state in which it was hashed, under whichever name", async (t) => {
    const experiment = await Experiment.make(t);
    await writeFile(experiment.file("data/train/tmp.txt"), "0 1");
    const known = await fingerprintOf(experiment.file("data/train/tmp.txt"));
    await rename(experiment.file("data/train/tmp.txt"), experiment.file("data/train/segments.txt"));
    await mkdir(experiment.file("data/train/background"));
    await writeFile(experiment.file(`data/train/${a}`), "strain a");
    const planned: number[] = [];
    const { manifest } = await describe(experiment.stage([]), "digest", 1, {
        onPlan: (bytes) => planned.push(bytes),
        hashOf: ({ state }) => (state === known?.state ? "known" : undefined),
    });
    assert.deepEqual(
        manifest.artefacts.map(({ name, size, sha256 }) => [name, size, sha256 === "known"]),
        [
            [a, 8, false],
            ["segments.txt", 3, true],
        ],
    );
    assert.deepEqual(planned, [8]);
});

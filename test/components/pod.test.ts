// The scripts of the training pod, run by a real Python against a real S3 server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { finalExitCodes } from "../../components/podLayout.ts";
import { type Manifest, manifestDigest, parseManifest } from "../../pipeline/stage/manifest.ts";
import { missingOnS3 } from "../../pipeline/transfer/verify.ts";
import { keys, prefix, startProxy, startS3 } from "../pipeline/fixtures/s3.ts";
import { until } from "../pipeline/fixtures/until.ts";
import { digest, podEnvironment, python, runScript, scripts } from "./pod/scripts.ts";

const bucket = "data";

const { client, connection } = await startS3();
/** One experiment per test. */
let pod: string;
let count = 0;

beforeEach(() => {
    pod = mkdtempSync(path.join(tmpdir(), "aframe-pod-"));
    count += 1;
    for (const folder of ["data", "run", "code/train"]) {
        mkdirSync(path.join(pod, folder), { recursive: true });
    }
});

afterEach(() => {
    rmSync(pod, { recursive: true, force: true });
});

const environment = (extra: Readonly<Record<string, string>> = {}) =>
    podEnvironment(connection, { folder: pod, name: String(count) }, extra);

const run = (script: string, args: readonly string[], extra: Readonly<Record<string, string>> = {}) =>
    runScript(script, args, environment(extra));

function put(key: string, Body: string | Buffer) {
    return client.send(new PutObjectCommand({ Bucket: bucket, Key: `${count}/${key}`, Body }));
}

async function text(key: string): Promise<string> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${count}/${key}` }));
    return (await Body?.transformToString()) ?? "";
}

function artefact(name: string, content: string) {
    return { name, size: content.length, sha256: createHash("sha256").update(content).digest("hex") };
}

/** What a stage leaves on S3: its artefacts, and the manifest that lists them. */
async function putStage(stage: string, files: Readonly<Record<string, string>>): Promise<string> {
    const artefacts = Object.entries(files).map(([name, content]) => artefact(name, content));
    const manifest: Manifest = {
        version: 1,
        stage,
        experiment: "test",
        settingsDigest: "",
        tool: "test/1",
        time: "2026-01-01T00:00:00Z",
        artefacts,
    };
    await Promise.all(Object.entries(files).map(([name, content]) => put(`data/${name}`, content)));
    await put(`data/.aframe/${stage}.manifest.json`, JSON.stringify(manifest));
    return manifestDigest(manifest);
}

describe("fetch_data.py", () => {
    const background = { "segments.txt": "0 1 2\n", "background/background-0-64.hdf5": "x".repeat(3_000_000) };

    async function fetch(digests: Readonly<Record<string, string>>, extra: Readonly<Record<string, string>> = {}) {
        return run("fetch_data.py", [], { AFRAME_MANIFESTS: JSON.stringify(digests), ...extra });
    }

    it("brings exactly what the manifests list", async () => {
        const FetchTrain = await putStage("FetchTrain", background);
        const ValidationWaveforms = await putStage("ValidationWaveforms", { "val_waveforms.hdf5": "waves" });
        await put("data/background/stray.hdf5", "not listed");
        const { code, output } = await fetch({ FetchTrain, ValidationWaveforms });
        assert.equal(code, 0, output);
        assert.match(output, /all 3 files are complete/);
        const file = path.join(pod, "data/background/background-0-64.hdf5");
        assert.equal(readFileSync(file, "utf8"), background["background/background-0-64.hdf5"]);
        assert.deepEqual(readdirSync(path.join(pod, "data/background")), ["background-0-64.hdf5"]);
        assert.equal(readFileSync(path.join(pod, "data/val_waveforms.hdf5"), "utf8"), "waves");
    });

    it("keeps right files of an earlier pod, mends wrong ones and removes those of other data", async () => {
        const FetchTrain = await putStage("FetchTrain", background);
        mkdirSync(path.join(pod, "data/background"));
        writeFileSync(path.join(pod, "data/segments.txt"), background["segments.txt"]);
        writeFileSync(path.join(pod, "data/background/background-0-64.hdf5"), "half");
        writeFileSync(path.join(pod, "data/background/background-64-64.hdf5"), "of other data");
        const { code, output } = await fetch({ FetchTrain });
        assert.equal(code, 0, output);
        assert.match(output, /3\.0 MB were downloaded/);
        assert.deepEqual(readdirSync(path.join(pod, "data/background")), ["background-0-64.hdf5"]);
    });

    it("ends with its own code when an object is not what the manifest lists", async () => {
        const FetchTrain = await putStage("FetchTrain", background);
        await put("data/segments.txt", "0 1 3\n");
        const { code, output } = await fetch({ FetchTrain });
        assert.equal(code, finalExitCodes.dataDamaged, output);
        assert.match(output, /segments\.txt differs from its manifest/);
        assert.ok(!existsSync(path.join(pod, "data/segments.txt")));
    });

    it("ends with its own code when an object is gone", async () => {
        const FetchTrain = await putStage("FetchTrain", background);
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${count}/data/segments.txt` }));
        const { code, output } = await fetch({ FetchTrain });
        assert.equal(code, finalExitCodes.dataDamaged, output);
    });

    it("refuses a manifest of other data than this experiment made", async () => {
        await putStage("FetchTrain", background);
        const { code, output } = await fetch({ FetchTrain: "0".repeat(64) });
        assert.equal(code, finalExitCodes.dataDamaged, output);
        assert.match(output, /the manifest of FetchTrain .* is of other data/);
    });

    it("refuses a name that would leave its directory", async () => {
        const name = "../outside.txt";
        const artefacts = [artefact(name, "x")];
        await put("data/.aframe/Evil.manifest.json", JSON.stringify({ version: 1, stage: "Evil", artefacts }));
        const { code, output } = await fetch({ Evil: manifestDigest({ artefacts }) });
        assert.equal(code, finalExitCodes.dataDamaged, output);
        assert.ok(!existsSync(path.join(pod, "outside.txt")));
    });

    it("says that there are no data, or no such bucket", async () => {
        const missing = await fetch({ FetchTrain: "x" });
        assert.equal(missing.code, finalExitCodes.dataRefused, missing.output);
        assert.match(missing.output, /has no manifest of FetchTrain/);
        const uri = { AFRAME_DATA_URI: "s3://no-such-bucket/data" };
        const bucketless = await fetch({ FetchTrain: "x" }, uri);
        assert.equal(bucketless.code, finalExitCodes.dataRefused, bucketless.output);
    });

    it("names a variable that is missing", async () => {
        const { code, output } = await run("fetch_data.py", [], { AFRAME_DATA_URI: "" });
        assert.equal(code, finalExitCodes.wrongSetup);
        assert.match(output, /AFRAME_DATA_URI is not set/);
    });

    it("keeps what it says on S3, also when it fails", async () => {
        const FetchTrain = await putStage("FetchTrain", background);
        const { output } = await fetch({ FetchTrain });
        assert.match(output, /^all 2 files are complete, 3\.0 MB were downloaded\n$/);
        assert.equal(await text("run/logs/pod-1/fetch-data.log"), output);
        const failed = await fetch({ FetchTrain: "0".repeat(64) }, { AFRAME_POD_NAME: "pod-2" });
        assert.match(failed.output, /is of other data\n$/);
        assert.equal(await text("run/logs/pod-2/fetch-data.log"), failed.output);
    });

    it("fetches nothing for a training that has finished before", async () => {
        const model = artefact("model.pt", "weights");
        await put("run/model.pt", "weights");
        const manifest = { version: 1, stage: "Train", settingsDigest: digest, artefacts: [model] };
        await put("run/.aframe/Train.manifest.json", JSON.stringify(manifest));
        const { code, output } = await fetch({ FetchTrain: "x" });
        assert.equal(code, 0, output);
        assert.match(output, /has finished before/);
    });
});

/** A stand-in for Aframe's train project: notes its arguments and leaves the files of a run. */
const trainModule = `
import os, sys, time, pathlib
run = pathlib.Path(os.environ["AFRAME_RUN_DIR"])
(run / "arguments.txt").write_text("\\n".join(sys.argv[1:]))
version = run / "lightning_logs" / "version_0"
(version / "checkpoints").mkdir(parents=True, exist_ok=True)
(version / "metrics.csv").write_text("epoch,loss\\n0,1.0\\n")
(version / "checkpoints" / "last.ckpt").write_text("checkpoint")
(run / "batch.h5").write_text("batch")
mode = os.environ.get("FAKE_TRAIN", "")
if mode == "talk":
    for number in range(200):
        print(number, file=(sys.stdout, sys.stderr)[number % 2], flush=True)
if mode == "fail":
    print("loss is nan", file=sys.stderr)
    sys.exit(7)
if mode == "hang":
    print("hanging", flush=True)
    time.sleep(600)
if mode != "forget":
    (run / "model.pt").write_text("weights")
(run / "best.ckpt").write_text("checkpoint")
(run / "wandb").mkdir(exist_ok=True)
(run / "wandb" / "debug.log").write_text("noise")
`;

describe("start_training.py", () => {
    const args = ["fit", "--config", "/aframe/bin/train.yaml"];
    const code = () => ({ PYTHONPATH: path.join(pod, "code") });

    beforeEach(() => {
        writeFileSync(path.join(pod, "code/train/__init__.py"), "");
        writeFileSync(path.join(pod, "code/train/__main__.py"), trainModule);
    });

    it("brings the run to S3, the manifest last, in the form the stages read", async () => {
        const { code: exit, output } = await run("start_training.py", args, code());
        assert.equal(exit, 0, output);
        const manifest = parseManifest(await text("run/.aframe/Train.manifest.json"), "the manifest") as Manifest & {
            job: { uid: string };
            seconds: number;
            packages: Record<string, string>;
        };
        assert.equal(manifest.settingsDigest, digest);
        assert.match(manifest.packages.python ?? "", /^3\.\d+\.\d+/);
        assert.match(manifest.packages.botocore ?? "", /^\d+\./);
        assert.equal(manifest.job.uid, "uid-1");
        assert.ok(manifest.seconds > 0);
        assert.deepEqual(manifest.artefacts.map(({ name }) => name).sort(), [
            "arguments.txt",
            "batch.h5",
            "best.ckpt",
            "lightning_logs/version_0/metrics.csv",
            "model.pt",
        ]);
        assert.deepEqual(await missingOnS3(client, prefix(`${count}/run`), manifest.artefacts), []);
        assert.equal(await text("run/lightning_logs/version_0/checkpoints/last.ckpt"), "checkpoint");
        await assert.rejects(text("run/wandb/debug.log"));
        assert.deepEqual(await text("run/arguments.txt"), args.join("\n"));
    });

    it("does nothing when this training has finished before", async () => {
        await run("start_training.py", args, code());
        rmSync(path.join(pod, "run"), { recursive: true });
        mkdirSync(path.join(pod, "run"));
        const { code: exit, output } = await run("start_training.py", args, code());
        assert.equal(exit, 0);
        assert.match(output, /finished before/);
        assert.deepEqual(readdirSync(path.join(pod, "run")), []);
    });

    it("trains again when the model that was there is incomplete", async () => {
        await run("start_training.py", args, code());
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${count}/run/model.pt` }));
        const { code: exit, output } = await run("start_training.py", args, code());
        assert.equal(exit, 0, output);
        assert.equal(await text("run/model.pt"), "weights");
    });

    it("goes on from the last checkpoint of the same training", async () => {
        await run("start_training.py", args, { ...code(), FAKE_TRAIN: "fail" });
        const { code: exit, output } = await run("start_training.py", args, code());
        assert.equal(exit, 0, output);
        const checkpoint = path.join(pod, "run/lightning_logs/version_0/checkpoints/last.ckpt");
        assert.match(output, new RegExp(`going on from ${checkpoint}`));
        assert.deepEqual(await text("run/arguments.txt"), [...args, "--ckpt_path", checkpoint].join("\n"));
    });

    it("starts afresh where another training has left its checkpoints", async () => {
        await run("start_training.py", args, { ...code(), FAKE_TRAIN: "fail", AFRAME_TRAINING_DIGEST: "another" });
        writeFileSync(path.join(pod, "run/stale.txt"), "of the other");
        const { code: exit } = await run("start_training.py", args, code());
        assert.equal(exit, 0);
        assert.equal(await text("run/arguments.txt"), args.join("\n"));
        assert.ok(!existsSync(path.join(pod, "run/stale.txt")));
    });

    it("ends with the exit code of training, keeps its metrics and leaves no manifest", async () => {
        await put("run/.aframe/Train.manifest.json", JSON.stringify({ version: 1, stage: "Train", artefacts: [] }));
        const { code: exit, output } = await run("start_training.py", args, { ...code(), FAKE_TRAIN: "fail" });
        assert.equal(exit, 7);
        assert.match(output, /loss is nan[\s\S]*ended with exit code 7/);
        assert.match(await text("run/lightning_logs/version_0/metrics.csv"), /epoch,loss/);
        await assert.rejects(text("run/.aframe/Train.manifest.json"));
        assert.equal(await text("run/logs/pod-1/train.log"), output);
    });

    it("keeps on S3 what it and training say, in order, and not as a part of the model", async () => {
        const { output } = await run("start_training.py", args, { ...code(), FAKE_TRAIN: "talk" });
        const numbers = Array.from({ length: 200 }, (_, number) => `${number}\n`).join("");
        assert.ok(output.startsWith(numbers), output);
        assert.match(output.slice(numbers.length), /^\{"model": .*\}\n$/);
        assert.equal(await text("run/logs/pod-1/train.log"), output);
        assert.doesNotMatch(await text("run/.aframe/Train.manifest.json"), /"logs\//);
        const again = await run("start_training.py", args, { ...code(), AFRAME_POD_NAME: "pod-2" });
        assert.match(again.output, /finished before/);
    });

    it("keeps its log when the model cannot be brought to S3, and when it fails unexpectedly", async () => {
        const proxy = await startProxy(connection.endpoint ?? "");
        proxy.plan = (method, url) =>
            method === "PUT" && url.includes("model.pt") ? { type: "answer", status: 403, body: "" } : undefined;
        const refused = await run("start_training.py", args, { ...code(), AWS_ENDPOINT_URL: proxy.endpoint });
        assert.equal(refused.code, 1);
        assert.match(refused.output, /the model could not be brought to/);
        assert.equal(await text("run/logs/pod-1/train.log"), refused.output);
        const nowhere = { AFRAME_RUN_DIR: path.join(pod, "nowhere"), AFRAME_POD_NAME: "pod-2" };
        const broken = await run("start_training.py", args, { ...code(), ...nowhere });
        assert.equal(broken.code, 1);
        assert.match(broken.output, /^Traceback[\s\S]*FileNotFoundError/);
        assert.equal(await text("run/logs/pod-2/train.log"), broken.output);
    });

    it("trains as well where its log cannot be kept, and in a pod that does not know its name", async () => {
        const proxy = await startProxy(connection.endpoint ?? "");
        proxy.plan = (_method, url) => (url.includes("/logs/") ? { type: "answer", status: 403, body: "" } : undefined);
        const refused = await run("start_training.py", args, { ...code(), AWS_ENDPOINT_URL: proxy.endpoint });
        assert.equal(refused.code, 0, refused.output);
        assert.match(refused.output, /train\.log could not be copied to/);
        const nameless = { ...code(), AFRAME_POD_NAME: "", AFRAME_TRAINING_DIGEST: "another" };
        assert.equal((await run("start_training.py", args, nameless)).code, 0);
        const kept = await keys(client, `${count}/run/logs/`);
        assert.deepEqual(kept, []);
    });

    it("is not content with a training that left no model", async () => {
        const { code: exit, output } = await run("start_training.py", args, { ...code(), FAKE_TRAIN: "forget" });
        assert.equal(exit, 1);
        assert.match(output, /left no .*model\.pt/);
    });

    it("copies metrics and log while training runs, and passes on the order to stop", async () => {
        const extra = { ...code(), FAKE_TRAIN: "hang", AFRAME_SYNC_SECONDS: "0.2" };
        const child = spawn(python, [path.join(scripts, "start_training.py"), ...args], {
            cwd: pod,
            env: environment(extra),
        });
        const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
        const metrics = { Bucket: bucket, Key: `${count}/run/lightning_logs/version_0/metrics.csv` };
        await until("metrics", () => client.send(new HeadObjectCommand(metrics)).catch(() => undefined));
        const log = () => text("run/logs/pod-1/train.log").catch(() => "");
        await until("the log", async () => (await log()) === "hanging\n" || undefined);
        child.kill("SIGTERM");
        assert.equal(await closed, 143);
        assert.equal(await log(), "hanging\nerror: python -m train ended with exit code 143\n");
    });

    describe("with code from git", () => {
        const commit = "0123456789abcdef0123456789abcdef01234567";
        const git = () => ({
            ...code(),
            AFRAME_COMMIT: commit,
            AFRAME_GIT_LINK: path.join(pod, "link"),
            AFRAME_CODE_DIR: path.join(pod, "code"),
        });

        it("trains when the synced tree is the commit, and records it", async () => {
            symlinkSync(`.worktrees/${commit}`, path.join(pod, "link"));
            const { code: exit, output } = await run("start_training.py", args, git());
            assert.equal(exit, 0, output);
            const manifest = JSON.parse(await text("run/.aframe/Train.manifest.json")) as { commit: string };
            assert.equal(manifest.commit, commit);
        });

        it("refuses a tree of another commit", async () => {
            symlinkSync(`.worktrees/${"f".repeat(40)}`, path.join(pod, "link"));
            const { code: exit, output } = await run("start_training.py", args, git());
            assert.equal(exit, finalExitCodes.wrongCode);
            assert.match(output, /should be commit 0123456789abcdef.* leads to f{40}/);
            assert.deepEqual(readdirSync(path.join(pod, "run")), []);
        });

        it("refuses to run a module that is not from the synced tree", async () => {
            symlinkSync(`.worktrees/${commit}`, path.join(pod, "link"));
            const elsewhere = { ...git(), AFRAME_CODE_DIR: path.join(pod, "elsewhere") };
            const { code: exit, output } = await run("start_training.py", args, elsewhere);
            assert.equal(exit, finalExitCodes.wrongCode);
            assert.match(output, /the module train is taken from .*code\/train/);
        });
    });
});

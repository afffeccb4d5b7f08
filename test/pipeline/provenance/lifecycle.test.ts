// run.json as it is written beside models that real stages and a played cluster have made, here and on a real S3 server.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, it, type TestContext } from "node:test";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { create, diff, read, remove, update } from "../../../pipeline/provenance/lifecycle.ts";
import { parseRunFile, type RunDescription, type RunFile } from "../../../pipeline/provenance/runFile.ts";
import type { RunFileInputs } from "../../../pipeline/provenance/state.ts";
import { create as runStage } from "../../../pipeline/stage/lifecycle.ts";
import { Experiment } from "../fixtures/experiment.ts";
import { prefix, put, startS3 } from "../fixtures/s3.ts";
import { ApiServer } from "../training/apiServer.ts";
import { putModel } from "../training/model.ts";
import { finished, uid } from "../training/objects.ts";

const { client, connection } = await startS3();
const cluster = new ApiServer();
await cluster.start();
beforeEach(() => {
    cluster.clear();
});

function description(where: "local" | "remote", environment: Record<string, string> = {}): RunDescription {
    return {
        experiment: "run1",
        training: { where, seed: 7, gpus: 1, command: ["train"] },
        ...(where === "remote" && { code: { url: "https://host/repository.git", ref: "main" } }),
        directories: { trainData: "/d", testData: "/t", run: "/r", condor: "/c", results: "/e", tmp: "/m" },
        stack: {
            directory: "/exp",
            environment,
            workers: 5,
            gpus: "0",
            dev: false,
            artifacts: "retain",
            adoptExisting: false,
            wait: true,
            preflight: true,
            policy: "warn",
            policyProfile: "nautilus",
        },
        settings: [{ section: "luigi_Train", key: "seed", value: "7", origin: { kind: "default" }, via: [] }],
        files: { "/exp/train.yaml": "trainer: {}\n" },
    };
}

/** A training on this machine that has ended. */
async function trainedHere(t: TestContext, environment: Record<string, string> = {}): Promise<RunFileInputs> {
    const experiment = await Experiment.make(t);
    const rest = { stage: "TrainLocal", produces: ["model.pt"] };
    const { outs } = await runStage(experiment.stage(["make:model.pt=weights"], rest));
    return {
        directory: experiment.directory,
        runDir: { kind: "local", path: experiment.root },
        description: JSON.stringify(description("local", environment)),
        manifestDigest: outs.manifestDigest,
        trainingDigest: outs.settingsDigest,
        data: { FetchTrain: "digest of the data" },
        artifacts: "retain",
    };
}

let count = 0;

/** A training on a cluster that has ended. */
async function trainedThere(): Promise<RunFileInputs> {
    count += 1;
    const runDir = prefix(`provenance/${count}/run`);
    const trainingDigest = "this training";
    return {
        directory: "/exp",
        runDir,
        s3: connection,
        description: JSON.stringify(description("remote")),
        manifestDigest: await putModel(client, { runDir, trainingDigest }),
        trainingDigest,
        commit: "0123456789abcdef0123456789abcdef01234567",
        data: { FetchTrain: "digest of the data" },
        job: { context: "nautilus", namespace: "physics", name: "aframe-test", uid },
        artifacts: "retain",
    };
}

const localFile = ({ runDir }: RunFileInputs) => path.join(runDir.kind === "local" ? runDir.path : "", "run.json");

function readLocal(inputs: RunFileInputs): RunFile {
    const file = localFile(inputs);
    return parseRunFile(readFileSync(file, "utf8"), file);
}

async function readRemote({ runDir }: RunFileInputs): Promise<RunFile> {
    const key = runDir.kind === "s3" ? `${runDir.prefix}/run.json` : "";
    const { Body } = await client.send(new GetObjectCommand({ Bucket: "data", Key: key }));
    return parseRunFile((await Body?.transformToString()) ?? "", key);
}

describe("run.json of a training here", () => {
    it("tells of the model, the training and all that was configured", async (t) => {
        const inputs = await trainedHere(t);
        await create(inputs);
        const run = readLocal(inputs);
        assert.equal(run.model.manifestDigest, inputs.manifestDigest);
        assert.deepEqual([run.model.bytes, run.model.sha256?.length], [7, 64]);
        assert.equal(run.training.digest, inputs.trainingDigest);
        assert.ok((run.training.seconds ?? 0) > 0);
        assert.deepEqual(run.data, inputs.data);
        const { settings, files, stack, directories } = description("local");
        assert.deepEqual({ settings, files, stack, directories }, { settings, files, stack, directories });
        assert.match(run.versions["@pulumi/pulumi"] ?? "", /^\d+\.\d+\.\d+$/);
        assert.equal(run.code, undefined);
    });

    it("names the commit of the checkout whose tasks ran, and whether it had other changes", async (t) => {
        const inputs = await trainedHere(t);
        const checkout = path.join(inputs.directory, "checkout");
        mkdirSync(checkout);
        const git = (...args: string[]) =>
            execFileSync("git", ["-C", checkout, "-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
                encoding: "utf8",
            }).trim();
        git("init", "--quiet");
        git("commit", "--quiet", "--allow-empty", "-m", "first");
        const commit = git("rev-parse", "HEAD");
        const here = { ...inputs, description: JSON.stringify(description("local", { AFRAME_REPO: checkout })) };
        await create(here);
        assert.deepEqual(readLocal(inputs).code, { commit, checkout, modified: false });
        writeFileSync(path.join(checkout, "new.py"), "");
        rmSync(localFile(inputs));
        await create(here);
        assert.equal(readLocal(inputs).code?.modified, true);
    });

    it("stays as it is through later edits of the configuration, and follows the next model", async (t) => {
        const inputs = await trainedHere(t);
        const { outs } = await create(inputs);
        const written = readFileSync(localFile(inputs), "utf8");
        const edited = { ...inputs, description: JSON.stringify({ ...description("local"), experiment: "other" }) };
        assert.deepEqual(diff(outs, edited), { changes: false });
        const noted = { ...edited, artifacts: "delete" as const };
        assert.deepEqual(diff(outs, noted), { changes: true });
        assert.deepEqual((await update(outs, noted)).outs, { ...outs, artifacts: "delete" });
        assert.equal(readFileSync(localFile(inputs), "utf8"), written);
        const trainedAgain = { ...edited, trainingDigest: "another" };
        assert.deepEqual(diff(outs, trainedAgain), { changes: true });
        await update(outs, trainedAgain);
        assert.deepEqual([readLocal(inputs).experiment, readLocal(inputs).training.digest], ["other", "another"]);
    });

    it("is written again by the next update when a refresh finds it gone or edited", async (t) => {
        const inputs = await trainedHere(t);
        const { id, outs } = await create(inputs);
        assert.deepEqual((await read(id, outs)).props, outs);
        for (const damaged of [undefined, "{}"]) {
            rmSync(localFile(inputs));
            if (damaged !== undefined) writeFileSync(localFile(inputs), damaged);
            const { props } = await read(id, outs);
            assert.equal(props.sha256, "");
            assert.deepEqual(diff(props, inputs), { changes: true });
            await update(props, inputs);
            assert.equal(readLocal(inputs).experiment, "run1");
        }
    });

    it("says of a model that was taken over that what made it is not known", async (t) => {
        const experiment = await Experiment.make(t);
        const model = path.join(experiment.root, "model.pt");
        writeFileSync(model, "weights of somebody");
        utimesSync(model, new Date("2026-01-01"), new Date("2026-01-01"));
        const rest = { stage: "TrainLocal", produces: ["model.pt"], adoptExisting: true };
        const { outs } = await runStage(experiment.stage([], rest));
        const inputs = await trainedHere(t);
        const { stack, ...described } = description("local");
        const adopting = { ...described, stack: { ...stack, adoptExisting: true } };
        const runDir = { kind: "local", path: experiment.root } as const;
        const { directory } = experiment;
        const { manifestDigest } = outs;
        await create({ ...inputs, directory, runDir, manifestDigest, description: JSON.stringify(adopting) });
        assert.equal(readLocal({ ...inputs, runDir }).training.adopted, true);
        await create({ ...inputs, description: JSON.stringify(adopting) });
        assert.equal(readLocal(inputs).training.adopted, undefined);
    });

    it("goes with the artefacts, and stays with them", async (t) => {
        const inputs = await trainedHere(t);
        const { outs } = await create(inputs);
        await remove(outs);
        assert.ok(existsSync(localFile(inputs)));
        await remove({ ...outs, artifacts: "delete" });
        assert.ok(!existsSync(localFile(inputs)));
    });

    it("is not written about a model that is not the recorded one", async (t) => {
        const inputs = await trainedHere(t);
        await assert.rejects(create({ ...inputs, manifestDigest: "of another" }), /has no record of the training in/);
        assert.ok(!existsSync(localFile(inputs)));
    });
});

describe("run.json of a training on a cluster", () => {
    it("tells the commit, the Job, the pod and the image that ran", async () => {
        const inputs = await trainedThere();
        const digest = `sha256:${"a".repeat(64)}`;
        const [pod] = finished.pods;
        const [container] = pod?.status?.containerStatuses ?? [];
        assert.ok(pod && container);
        const containerStatuses = [{ ...container, imageID: `ghcr.io/ml4gw/aframe/train@${digest}` }];
        const spec = { nodeName: "node-7", containers: [] };
        cluster.put({ ...finished, pods: [{ ...pod, spec, status: { ...pod.status, containerStatuses } }] });
        await create(inputs);
        const { code, training } = await readRemote(inputs);
        assert.deepEqual(code, { url: "https://host/repository.git", ref: "main", commit: inputs.commit });
        assert.deepEqual(training.job, inputs.job);
        assert.deepEqual(training.pod, { name: "p", node: "node-7" });
        assert.equal(training.imageDigest, digest);
        assert.deepEqual([training.seconds, training.finished], [12.5, "2026-03-01T12:00:00.000Z"]);
    });

    it("leaves out what the cluster does not tell any more", async () => {
        const inputs = await trainedThere();
        cluster.fault = () => 403;
        await create(inputs);
        cluster.fault = () => undefined;
        const { training, model } = await readRemote(inputs);
        assert.deepEqual([training.pod, training.imageDigest], [undefined, undefined]);
        assert.match(model.uri, /^s3:\/\/data\/provenance\/\d+\/run\/model\.pt$/);
    });

    it("waits for a training that was only accepted", async () => {
        const inputs = await trainedThere();
        const { outs } = await create({ ...inputs, manifestDigest: "" });
        assert.equal(outs.sha256, "");
        assert.deepEqual(diff(outs, { ...inputs, manifestDigest: "" }), { changes: false });
        assert.deepEqual(diff(outs, inputs), { changes: true });
        const { outs: written } = await update(outs, inputs);
        assert.equal(written.sha256.length, 64);
        assert.equal((await readRemote(inputs)).experiment, "run1");
    });

    it("stays with its model when another training is accepted", async () => {
        const inputs = await trainedThere();
        const { outs } = await create(inputs);
        const accepted = { ...inputs, manifestDigest: "", trainingDigest: "the next" };
        assert.equal((await update(outs, accepted)).outs.sha256, "");
        assert.equal((await readRemote(inputs)).training.digest, "this training");
    });

    it("says that the model is not there any more", async () => {
        const inputs = await trainedThere();
        await put(client, `${inputs.runDir.kind === "s3" ? inputs.runDir.prefix : ""}/model.pt`, "others");
        await assert.rejects(create(inputs), /holds no whole model of this training any more/);
    });
});

describe("reading a run.json", () => {
    it("names what is wrong with it", () => {
        assert.throws(() => parseRunFile("{", "run.json"), /^ConfigError: run\.json: is not JSON: /);
        assert.throws(
            () => parseRunFile('{"version":2}', "run.json"),
            /is of version 2, and this program reads version 1/,
        );
        assert.throws(
            () => parseRunFile('{"version":1,"experiment":3}', "run.json"),
            /run\.json: experiment: .*\nrun\.json: time: /,
        );
    });
});

// What is noted of a finished training, with its model on a real S3 server.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { recordFile } from "../../../pipeline/stage/paths.ts";
import { ensureSource } from "../../../pipeline/stage/sources.ts";
import { create } from "../../../pipeline/training/lifecycle.ts";
import { findManifest } from "../../../pipeline/training/model.ts";
import { readTrainingRecord, recordTraining } from "../../../pipeline/training/record.ts";
import type { TrainingTarget } from "../../../pipeline/training/report.ts";
import { scratchFolder } from "../fixtures/artefacts.ts";
import { startS3 } from "../fixtures/s3.ts";
import { ApiServer } from "./apiServer.ts";
import { putModel } from "./model.ts";
import { atWork, finished } from "./objects.ts";
import { trainingTarget } from "./target.ts";

const { client, connection } = await startS3();
const cluster = new ApiServer();
await cluster.start();
cluster.put(finished);

async function noteTraining(directory: string, target: TrainingTarget): Promise<void> {
    const manifest = await findManifest(target);
    assert.ok(manifest);
    await recordTraining(directory, manifest);
}

test("a training that has finished leaves its seconds and the digest of its settings", async (t) => {
    const directory = await scratchFolder(t);
    const target = trainingTarget("finished/run", connection);
    await putModel(client, target);
    const { outs } = await create({ ...target, wait: true, directory, experiment: "test" });
    assert.equal(outs.state, "succeeded");
    const record = await readTrainingRecord(directory);
    assert.deepEqual([record?.seconds, record?.manifest.settingsDigest], [12.5, target.trainingDigest]);
});

test("a training that has only been accepted leaves none", async (t) => {
    cluster.put(atWork);
    t.after(() => {
        cluster.put(finished);
    });
    const directory = await scratchFolder(t);
    const target = trainingTarget("accepted/run", connection);
    const { outs } = await create({ ...target, wait: false, directory, experiment: "test" });
    assert.equal(outs.state, "accepted");
    assert.equal(await readTrainingRecord(directory), undefined);
});

test("a model that was fetched stays known, file by file", async (t) => {
    const directory = await scratchFolder(t);
    const target = trainingTarget("fetched/run", connection);
    const digest = await putModel(client, target);
    await noteTraining(directory, target);
    const source = { stage: "Train", root: path.join(directory, "mirror"), location: target.runDir };
    await ensureSource(source, digest, { stage: "ExportLocal", directory, s3: connection, say: () => undefined });
    const fetched = readFileSync(recordFile(directory, "Train"), "utf8");
    await noteTraining(directory, target);
    assert.equal(readFileSync(recordFile(directory, "Train"), "utf8"), fetched);
    const record = await readTrainingRecord(directory);
    assert.deepEqual(
        [record?.root, Object.keys(record?.mtimes ?? {}), record?.manifest.seconds],
        ["mirror", ["model.pt"], 12.5],
    );
});

test("another training takes the place of the one before", async (t) => {
    const directory = await scratchFolder(t);
    const target = trainingTarget("again/run", connection);
    await putModel(client, target);
    await noteTraining(directory, target);
    await putModel(client, { ...target, trainingDigest: "another training" });
    await noteTraining(directory, { ...target, trainingDigest: "another training" });
    assert.equal((await readTrainingRecord(directory))?.manifest.settingsDigest, "another training");
});

test("a note that cannot be written does not lose the training", async (t) => {
    const directory = await scratchFolder(t);
    writeFileSync(path.join(directory, ".aframe"), "in the way");
    const target = trainingTarget("unwritable/run", connection);
    await putModel(client, target);
    const { outs } = await create({ ...target, wait: true, directory, experiment: "test" });
    assert.equal(outs.state, "succeeded");
});

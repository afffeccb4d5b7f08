// Manifests, records, state and files here against each other, and what a model was trained on.
import assert from "node:assert/strict";
import { rm, utimes, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { create } from "../../../pipeline/stage/lifecycle.ts";
import { recordTraining } from "../../../pipeline/training/record.ts";
import { fetchManifest, putManifest } from "../../../pipeline/transfer/manifestObject.ts";
import type { Subject } from "../../../pipeline/verification/copy.ts";
import type { VerifyRequest } from "../../../pipeline/verification/verify.ts";
import { both, Experiment } from "../fixtures/experiment.ts";
import { prefix, put, startS3 } from "../fixtures/s3.ts";
import { putModel } from "../training/model.ts";
import { allRight, type Made, makeStages, messages, states, verify } from "./made.ts";

const { client, connection } = await startS3();

test("a manifest of another run is damage, and so is one from which the next stage was not made", async (t) => {
    const made = await makeStages(t, "other", connection);
    const manifest = await fetchManifest(client, prefix("other"), "Fetch");
    assert.ok(manifest);
    const artefacts = manifest.artefacts.slice(1);
    await putManifest(client, prefix("other"), { ...manifest, experiment: "neighbour", artefacts });
    const { copies, unlisted } = await verify(made);
    assert.deepEqual(states(copies), [
        "Fetch s3 damaged",
        "Fetch mirror right",
        "Waveforms s3 outdated",
        "Waveforms mirror right",
    ]);
    assert.match(
        copies.flatMap(messages).join("\n"),
        /^its manifest, of \S+ by neighbour, does not list the files that this stack has of Fetch\nFetch has other files/,
    );
    assert.deepEqual(unlisted, [{ uri: "s3://data/other", bytes: 8, names: ["background/a.hdf5"] }]);
});

test("a mirror of what was there before a run on another machine is no damage", async (t) => {
    const made = await makeStages(t, "moved", connection);
    const [fetch] = made.subjects;
    const location = prefix("moved");
    const elsewhere = await Experiment.make(t);
    const settings = { "luigi_Fetch.start": "2" };
    const words = ["make:background/a.hdf5=strain 2", "make:segments.txt=2 3"];
    const { outs } = await create(elsewhere.stage(words, { target: location, s3: connection, settings }));
    assert.ok(fetch);
    const { copies } = await verify({ ...made, subjects: [{ ...fetch, expected: outs.manifestDigest }] });
    assert.deepEqual(states(copies), ["Fetch s3 right", "Fetch mirror stale"]);
});

test("a file written to since is read; one changed behind its time is found by reading all", async (t) => {
    const made = await makeStages(t, "mirror", connection);
    const file = made.experiment.file("data/train/segments.txt");
    const { mtimes } = JSON.parse(await made.experiment.read(".aframe/records/Fetch.json")) as {
        mtimes: Record<string, number>;
    };
    await utimes(file, 1, 1);
    assert.deepEqual(states((await verify(made)).copies), allRight);
    await writeFile(file, "0 1 3");
    const [, touched] = (await verify(made)).copies;
    assert.deepEqual([touched?.state, touched?.findings[0]?.name], ["damaged", "segments.txt"]);
    assert.equal(touched?.findings[0]?.deep, undefined);

    const seconds = (mtimes["segments.txt"] ?? 0) / 1000;
    await utimes(file, seconds, seconds);
    await rm(made.experiment.file("data/train/background/a.hdf5"));
    const [, partial] = (await verify(made)).copies;
    assert.equal(partial?.state, "partial");
    assert.deepEqual(partial.notes, ["lacks 1 of 2 files; a stage that needs them fetches them"]);
    const [, read] = (await verify(made, { deep: true })).copies;
    assert.deepEqual(
        [read?.state, read?.findings.map(({ name, deep }) => [name, deep])],
        [...["damaged", [["segments.txt", true]]]],
    );
});

test("files that are only here are judged by their record, and the record by the state", async (t) => {
    const experiment = await Experiment.make(t);
    const { outs } = await create(experiment.stage(both));
    const here: Subject = { stage: "Fetch", root: experiment.root, isStarted: false, expected: outs.manifestDigest };
    const look = async (subject: Subject) => {
        const made = { s3: connection, experiment, subjects: [subject] };
        const [copy] = (await verify(made, { s3: { endpoint: "http://127.0.0.1:1" } })).copies;
        return copy;
    };
    assert.equal((await look(here))?.state, "right");
    assert.match((await look({ ...here, expected: "0" }))?.findings[0]?.message ?? "", /^its record, of /);
    assert.equal((await look({ ...here, isStarted: true }))?.state, "started");
    await rm(experiment.file("data/train/segments.txt"));
    const broken = await look(here);
    assert.deepEqual(broken && [broken.kind, broken.state, ...messages(broken)], [
        ...["here", "damaged", "segments.txt is missing"],
    ]);
    await rm(experiment.file(".aframe/records/Fetch.json"));
    assert.match((await look(here))?.findings[0]?.message ?? "", /^its record .*Fetch\.json is missing or cannot be/);
    const { expected: _, ...unknown } = here;
    assert.equal((await look(unknown))?.state, "not made");
    await writeFile(experiment.file(".aframe/records/Fetch.attempt.json"), "{}");
    assert.equal((await look(unknown))?.state, "started");
});

test("a model is judged by its Job: the training it is of, and the data that its pod fetched", async (t) => {
    const made = await makeStages(t, "model/data", connection);
    const location = prefix("model/run");
    const digest = await putModel(client, { runDir: location, trainingDigest: "this training" });
    const data = Object.fromEntries(made.subjects.map(({ stage, expected = "" }) => [stage, expected]));
    const train = { stage: "Train", root: made.experiment.file("model"), location, isStarted: false };
    const training = { digest: "this training", data };
    const look = async (subject: Partial<Subject>, rest: Partial<VerifyRequest> = {}) => {
        const subjects = [...made.subjects, { ...train, ...subject }];
        return (await verify({ ...made, subjects }, { trainingData: ["Fetch", "Waveforms"], ...rest })).copies.at(-1);
    };
    assert.equal((await look({ training, expected: digest }))?.state, "right");
    const outdated = await look({ training: { ...training, data: { ...data, Fetch: "0" } } });
    assert.deepEqual(outdated && [outdated.state, ...messages(outdated)], [
        ...["outdated", "Fetch has other files there now than it was trained on"],
    ]);
    assert.equal((await look({ training: { ...training, digest: "the next" }, expected: "" }))?.state, "started");
    const empty = prefix("model/empty");
    assert.equal((await look({ training, location: empty, expected: "" }))?.state, "started");
    assert.match(
        (await look({ training: { ...training, digest: "the next" }, expected: digest }))?.findings[0]?.message ?? "",
        /^the model there is of another training, which ended 2026/,
    );
    const asked: unknown[] = [];
    const kept = await look(
        {},
        {
            recognise: (manifest, found) => {
                asked.push(manifest.settingsDigest, found);
                return Promise.resolve(true);
            },
        },
    );
    assert.deepEqual([kept?.state, kept?.notes, asked], ["right", [], ["this training", data]]);
    assert.match((await look({}))?.notes[0] ?? "", /^cannot be told from here to have trained on these data/);
});

test("a training whose model was not fetched has no copy here", async (t) => {
    const experiment = await Experiment.make(t);
    const location = prefix("unfetched");
    await putModel(client, { runDir: location, trainingDigest: "d" });
    const manifest = await fetchManifest(client, location, "Train");
    assert.ok(manifest);
    await recordTraining(experiment.directory, manifest);
    const subject = { stage: "Train", root: experiment.root, location, isStarted: false };
    const made = { s3: connection, experiment, subjects: [subject] };
    assert.deepEqual(states((await verify(made)).copies), ["Train s3 right"]);
    await put(client, "unfetched/model.pt", "weightX");
    assert.deepEqual(states((await verify(made)).copies), ["Train s3 damaged"]);
});

test("without a state, another run's manifest is seen by the record, and one not sent yet too", async (t) => {
    const made = await makeStages(t, "kept", connection);
    const [first, second] = made.subjects.map(({ expected: _, ...subject }) => subject);
    assert.ok(first && second);
    const kept: Made = { ...made, subjects: [first, second] };
    assert.deepEqual(states((await verify(kept)).copies), allRight);
    const manifest = await fetchManifest(client, prefix("kept"), "Waveforms");
    assert.ok(manifest);
    await putManifest(client, prefix("kept"), { ...manifest, artefacts: [] });
    await client.send(new DeleteObjectCommand({ Bucket: "data", Key: "kept/.aframe/Fetch.manifest.json" }));
    const found = await verify(kept);
    assert.deepEqual(states(found.copies.filter(({ kind }) => kind === "s3")), [
        "Fetch s3 not sent",
        "Waveforms s3 damaged",
    ]);
});

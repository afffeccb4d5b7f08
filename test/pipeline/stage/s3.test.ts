// Stages whose root is a mirror of an S3 prefix.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { create, diff, read, remove, update } from "../../../pipeline/stage/lifecycle.ts";
import { uploadsFolder } from "../../../pipeline/stage/paths.ts";
import type { StageInputs } from "../../../pipeline/stage/state.ts";
import { fetchManifest, putManifest } from "../../../pipeline/transfer/manifestObject.ts";
import { partialFile } from "../../../pipeline/transfer/partial.ts";
import { both, Experiment } from "../fixtures/experiment.ts";
import { keys, prefix, put, startProxy, startS3 } from "../fixtures/s3.ts";

const { client, connection } = await startS3();
const artefacts = ["background/a.hdf5", "segments.txt"];

function mirrored(experiment: Experiment, name: string, rest: Partial<StageInputs> = {}): StageInputs {
    return experiment.stage(both, { target: prefix(name), s3: connection, ...rest });
}

function waveforms(experiment: Experiment, name: string, digest: string, rest: Partial<StageInputs> = {}): StageInputs {
    return experiment.stage(["make:val.hdf5=v"], {
        stage: "Waveforms",
        produces: ["val.hdf5"],
        inputs: { Fetch: digest },
        sources: [{ stage: "Fetch", root: experiment.root, location: prefix(name) }],
        s3: connection,
        ...rest,
    });
}

test("a stage's artefacts end up on S3 with a manifest that is also its record", async (t) => {
    const experiment = await Experiment.make(t);
    const { outs } = await create(mirrored(experiment, "up"));
    assert.deepEqual(await keys(client, "up/"), ["up/.aframe/Fetch.manifest.json", ...artefacts.map((n) => `up/${n}`)]);
    const record = JSON.parse(await experiment.read(".aframe/records/Fetch.json")) as { manifest: unknown };
    assert.deepEqual(await fetchManifest(client, prefix("up"), "Fetch"), record.manifest);
    assert.equal(outs.files, 2);
});

test("after an upload that failed, only the upload goes on", async (t) => {
    const experiment = await Experiment.make(t);
    const proxy = await startProxy(connection.endpoint ?? "");
    const s3 = { ...connection, endpoint: proxy.endpoint };
    const denied = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>";
    proxy.plan = (method, url) =>
        method === "PUT" && url.includes("segments.txt") ? { type: "answer", status: 403, body: denied } : undefined;
    const stage = mirrored(experiment, "half", { s3 });
    await assert.rejects(create(stage), /sending s3:\/\/data\/half\/segments\.txt: AccessDenied/);
    proxy.plan = () => undefined;
    proxy.requests.length = 0;
    await create(stage);
    assert.equal(await experiment.runs(), 1);
    assert.ok(proxy.requests.some((line) => line.startsWith("PUT /data/half/segments.txt")));
    assert.ok((await keys(client, "half/")).includes("half/.aframe/Fetch.manifest.json"));
});

test("what is complete on S3 is not made again on another machine, and is fetched when a stage needs it", async (t) => {
    const [first, second] = [await Experiment.make(t), await Experiment.make(t)];
    const { outs } = await create(mirrored(first, "shared"));
    const again = await create(mirrored(second, "shared"));
    assert.equal(again.outs.manifestDigest, outs.manifestDigest);
    assert.equal(await second.runs(), 0);

    await create(waveforms(second, "shared", outs.manifestDigest));
    assert.equal(await second.read("data/train/background/a.hdf5"), "strain a");
    assert.equal(await second.read("data/train/segments.txt"), "0 1 2");
});

test("a mirror with missing and damaged files is repaired before a stage reads it", async (t) => {
    const experiment = await Experiment.make(t);
    const { outs } = await create(mirrored(experiment, "repair"));
    await rm(experiment.file("data/train/segments.txt"));
    await writeFile(experiment.file("data/train/background/a.hdf5"), "strain X");
    await create(waveforms(experiment, "repair", outs.manifestDigest));
    assert.equal(await experiment.read("data/train/segments.txt"), "0 1 2");
    assert.equal(await experiment.read("data/train/background/a.hdf5"), "strain a");
    assert.deepEqual((await readdir(experiment.file("data/train/background"))).sort(), ["a.hdf5"]);
});

test("data that somebody else put there is not used", async (t) => {
    const experiment = await Experiment.make(t);
    const { outs } = await create(mirrored(experiment, "swapped"));
    const manifest = await fetchManifest(client, prefix("swapped"), "Fetch");
    assert.ok(manifest);
    await putManifest(client, prefix("swapped"), {
        ...manifest,
        experiment: "other",
        artefacts: manifest.artefacts.slice(1),
    });
    await rm(experiment.file(".aframe"), { recursive: true });
    await assert.rejects(
        create(waveforms(experiment, "swapped", outs.manifestDigest)),
        /s3:\/\/data\/swapped holds other data of Fetch than this stack made: the manifest of .* by other/,
    );
    await assert.rejects(
        create(waveforms(experiment, "nothing-here", outs.manifestDigest)),
        /s3:\/\/data\/nothing-here has no manifest of Fetch: its upload never finished/,
    );
});

test("a refresh looks at S3, not at the mirror, and what is lost there is sent again", async (t) => {
    const experiment = await Experiment.make(t);
    const stage = mirrored(experiment, "drift");
    const { id, outs } = await create(stage);
    await rm(experiment.file("data"), { recursive: true });
    assert.equal((await read(id, outs)).props.damaged, undefined);

    await client.send(new DeleteObjectCommand({ Bucket: "data", Key: "drift/segments.txt" }));
    const { props } = await read(id, outs);
    assert.deepEqual(props.damaged, ["segments.txt"]);
    assert.deepEqual(diff(props, stage), { changes: true });
    const repaired = await update(props, stage);
    assert.equal(repaired.outs.manifestDigest, outs.manifestDigest);
    assert.ok((await keys(client, "drift/")).includes("drift/segments.txt"));

    await client.send(new DeleteObjectCommand({ Bucket: "data", Key: "drift/.aframe/Fetch.manifest.json" }));
    assert.deepEqual((await read(id, outs)).props.damaged, ["manifest"]);
});

test("a stage with other settings replaces what is on S3", async (t) => {
    const experiment = await Experiment.make(t);
    const { outs } = await create(mirrored(experiment, "edit"));
    const edited = mirrored(experiment, "edit", { settings: { edited: "1" } });
    const words = ["make:background/z.hdf5=z", "make:segments.txt=0 1 2"];
    const command = [...edited.command.slice(0, 5), ...words];
    const updated = await update(outs, { ...edited, command });
    assert.notEqual(updated.outs.manifestDigest, outs.manifestDigest);
    assert.deepEqual(await keys(client, "edit/"), [
        "edit/.aframe/Fetch.manifest.json",
        "edit/background/z.hdf5",
        "edit/segments.txt",
    ]);
});

test("deleting a stage takes along what interrupted transfers left, and leaves S3 to its prefix", async (t) => {
    const experiment = await Experiment.make(t);
    const { outs } = await create(mirrored(experiment, "left"));
    await put(client, "left/other.txt", "o");
    const uploads = uploadsFolder(experiment.directory, outs.stage);
    await mkdir(uploads, { recursive: true });
    const { artefacts } = (await fetchManifest(client, prefix("left"), outs.stage)) ?? assert.fail();
    for (const { name, sha256 } of artefacts) {
        await writeFile(partialFile(path.join(experiment.root, name), sha256), "half");
    }
    await remove({ ...outs, artifacts: "delete" });
    assert.deepEqual(await readdir(experiment.root), []);
    assert.ok(!existsSync(uploads));
    assert.equal((await keys(client, "left/")).length, 4);
});

test("objects that law wrote to S3 before are taken over when asked to, and only the rest is made", async (t) => {
    const experiment = await Experiment.make(t);
    await put(client, "adopt/background/a.hdf5", "strain of days");
    await put(client, "adopt/notes.txt", "not an artefact");
    const { outs } = await create(mirrored(experiment, "adopt", { adoptExisting: true }));
    assert.equal(await experiment.read("data/train/background/a.hdf5"), "strain of days");
    assert.deepEqual((await readdir(experiment.root)).sort(), ["background", "segments.txt"]);
    assert.equal(outs.files, 2);
    assert.equal((await fetchManifest(client, prefix("adopt"), "Fetch"))?.artefacts[0]?.size, 14);
});

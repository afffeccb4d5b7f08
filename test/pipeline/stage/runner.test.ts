import assert from "node:assert/strict";
import { access, mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { create, diff, read, remove, update } from "../../../pipeline/stage/lifecycle.ts";
import { manifestDigest } from "../../../pipeline/stage/manifest.ts";
import type { StageRecord } from "../../../pipeline/stage/records.ts";
import { both, Experiment } from "../fixtures/experiment.ts";

async function recordOf(experiment: Experiment, stage = "Fetch"): Promise<StageRecord> {
    return JSON.parse(await experiment.read(`.aframe/records/${stage}.json`)) as StageRecord;
}

test("a finished stage has a record with name, size and SHA-256 of each artefact", async (t) => {
    const experiment = await Experiment.make(t);
    const { id, outs } = await create(experiment.stage([...both, "make:notes.txt=not an artefact"]));
    const { manifest } = await recordOf(experiment);
    assert.equal(id, "run1/Fetch");
    assert.deepEqual(manifest.artefacts, [
        {
            name: "background/a.hdf5",
            size: 8,
            sha256: "5be6815b34214d930feb1efedc1d4f73e8b180c43d819a4bbee9b7880d948ca3",
        },
        { name: "segments.txt", size: 5, sha256: "b31087bb077992314c6daca3f5a81774c63aed0857f65d92d63c6f147db3958c" },
    ]);
    assert.deepEqual([outs.files, outs.bytes], [2, 13]);
    assert.equal(outs.manifestDigest, manifestDigest(manifest));
});

test("a stage that is done is not run again", async (t) => {
    const experiment = await Experiment.make(t);
    const stage = experiment.stage(both);
    const { outs } = await create(stage);
    assert.deepEqual((await create(stage)).outs, outs);
    assert.equal(await experiment.runs(), 1);
});

test("a touched file is hashed and found to be the same", async (t) => {
    const experiment = await Experiment.make(t);
    const stage = experiment.stage(both);
    const { outs, id } = await create(stage);
    await utimes(`${experiment.root}/segments.txt`, 1, 1);
    assert.equal((await read(id, outs)).props.damaged, undefined);
    await create(stage);
    assert.equal(await experiment.runs(), 1);
});

test("a run with other settings makes every artefact anew", async (t) => {
    const experiment = await Experiment.make(t);
    const { outs } = await create(experiment.stage([...both, "make:background/b.hdf5=strain b"]));
    const edited = experiment.stage(["make:background/a.hdf5=louder", "make:segments.txt=3"], {
        settings: { "luigi_Fetch.start": "2" },
    });
    assert.deepEqual(diff(outs, edited), { changes: true });
    const updated = await update(outs, edited);
    assert.equal(await experiment.read("data/train/background/a.hdf5"), "louder");
    assert.deepEqual(await readdir(experiment.file("data/train/background")), ["a.hdf5"]);
    assert.equal(updated.outs.files, 2);
    assert.notEqual(updated.outs.manifestDigest, outs.manifestDigest);
    assert.deepEqual((await readdir(experiment.root)).sort(), ["background", "segments.txt"]);
});

test("taking an edit back restores the earlier artefacts when the new run failed", async (t) => {
    const experiment = await Experiment.make(t);
    const first = experiment.stage(both);
    const { outs } = await create(first);
    const edited = experiment.stage(["half:background/a.hdf5", "half:background/c.hdf5", "fail:1"], {
        settings: { "luigi_Fetch.start": "2" },
    });
    await assert.rejects(update(outs, edited), /Fetch failed with exit code 1/);
    assert.equal(await experiment.read("data/train/background/a.hdf5"), "half of ");
    assert.deepEqual((await create(first)).outs, outs);
    assert.equal(await experiment.read("data/train/background/a.hdf5"), "strain a");
    assert.deepEqual(await readdir(experiment.file("data/train/background")), ["a.hdf5"]);
    assert.equal(await experiment.runs(), 2);
});

test("a failure says the exit code, the last lines and where the log is, and leaves no record", async (t) => {
    const experiment = await Experiment.make(t);
    const lines = Array.from({ length: 30 }, (_, i) => `say:line ${i}`);
    await assert.rejects(
        create(experiment.stage([...both, ...lines, "warn:out of disk", "fail:40"])),
        (error: Error) => {
            assert.match(
                error.message,
                /^Fetch failed with exit code 40 after \d+m?s; the whole log is .*\/logs\/Fetch\.log\n/,
            );
            const tail = error.message.split("\n").slice(1);
            assert.equal(tail.length, 20);
            assert.ok(tail.includes("    line 29") && tail.includes("    out of disk"));
            assert.ok(!tail.includes("    line 3"));
            return true;
        },
    );
    assert.match(await experiment.read("logs/Fetch.log"), /line 3\n/);
    await assert.rejects(access(experiment.file(".aframe/records/Fetch.json")));
});

test("what a failed run left is not taken for finished by the next", async (t) => {
    const experiment = await Experiment.make(t);
    await assert.rejects(create(experiment.stage(["half:background/a.hdf5", "half:tmp-0/part", "fail:1"])));
    await create(experiment.stage(both, { scratch: ["tmp-*"] }));
    assert.equal(await experiment.read("data/train/background/a.hdf5"), "strain a");
    assert.deepEqual((await readdir(experiment.root)).sort(), ["background", "segments.txt"]);
});

test("exit code 0 without an artefact is a failure that names the pattern", async (t) => {
    const experiment = await Experiment.make(t);
    await assert.rejects(
        create(experiment.stage(["make:segments.txt=1"])),
        /Fetch ended with exit code 0 but made no background\/\*\.hdf5 in .*data\/train; the whole log is/,
    );
});

test("a command that is not there is named", async (t) => {
    const experiment = await Experiment.make(t);
    const stage = experiment.stage(both, { command: ["/nowhere/law", "run", "aframe.Fetch"] });
    await assert.rejects(create(stage), /there is no command \/nowhere\/law/);
});

test("files that somebody else made are neither deleted nor taken over unasked", async (t) => {
    const experiment = await Experiment.make(t);
    await mkdir(experiment.file("data/train/background"));
    await writeFile(experiment.file("data/train/background/a.hdf5"), "precious");
    const stage = experiment.stage(both);
    await assert.rejects(
        create(stage),
        /did not make them: background\/a\.hdf5\. Move them away, or set aframe:adoptExisting/,
    );
    assert.equal(await experiment.runs(), 0);

    const failing = experiment.stage(["half:background/b.hdf5", "fail:1"], { adoptExisting: true });
    await assert.rejects(create(failing));
    await create({ ...stage, adoptExisting: true });
    assert.equal(await experiment.read("data/train/background/a.hdf5"), "precious");
    assert.deepEqual(await readdir(experiment.file("data/train/background")), ["a.hdf5"]);
});

test("a refresh finds missing and changed artefacts, and the next update makes only those", async (t) => {
    const experiment = await Experiment.make(t);
    const words = [...both, "make:background/b.hdf5=strain b"];
    const stage = experiment.stage(words);
    const { id, outs } = await create(stage);
    assert.deepEqual(await read(id, outs), { id, props: outs });
    assert.deepEqual(diff(outs, stage), { changes: false });

    await rm(experiment.file("data/train/segments.txt"));
    await writeFile(experiment.file("data/train/background/a.hdf5"), "strain X");
    const { props } = await read(id, outs);
    assert.deepEqual(props.damaged, ["background/a.hdf5", "segments.txt"]);
    assert.deepEqual(diff(props, stage), { changes: true });
    const repaired = await update(props, stage);
    assert.equal(repaired.outs.manifestDigest, outs.manifestDigest);
    assert.equal(repaired.outs.damaged, undefined);
    assert.equal(await experiment.read("data/train/background/a.hdf5"), "strain a");
    assert.equal(await experiment.runs(), 2);
});

test("a stage runs only on the input that the state speaks of", async (t) => {
    const experiment = await Experiment.make(t);
    const { outs } = await create(experiment.stage(both));
    const waveforms = (words: string[]) =>
        experiment.stage(words, {
            stage: "Waveforms",
            produces: ["val.hdf5"],
            inputs: { Fetch: outs.manifestDigest },
            sources: [{ stage: "Fetch", root: experiment.root }],
        });
    await create(waveforms(["make:val.hdf5=v"]));
    await writeFile(experiment.file("data/train/segments.txt"), "edited by hand");
    await assert.rejects(
        create({ ...waveforms(["make:val.hdf5=v"]), settings: { new: "1" } }),
        /what Fetch made in .*: segments\.txt is missing or was changed; a refresh finds that/,
    );
});

test("the task runs in the experiment's folder with the environment it is given and no other settings", async (t) => {
    const experiment = await Experiment.make(t);
    process.env.AFRAME_TEST_DATA_DIR = "/stale";
    process.env.PULUMI_CONFIG_PASSPHRASE = "hunter2";
    process.env.LAW_CONFIG_FILE = "/stale.cfg";
    const names = ["AFRAME_TEST_DATA_DIR", "PULUMI_CONFIG_PASSPHRASE", "LAW_CONFIG_FILE", "AFRAME_TMPDIR", "HOME"];
    const stage = experiment.stage(["cwd", ...names.map((name) => `env:${name}`), ...both]);
    const environment = { ...stage.environment, LAW_CONFIG_FILE: "/mine.cfg", AFRAME_TMPDIR: experiment.file("tmp") };
    await create({ ...stage, environment });
    const log = await experiment.read("logs/Fetch.log");
    assert.ok(log.includes(`\n${experiment.directory}/.aframe\n`));
    assert.ok(log.includes("\nAFRAME_TEST_DATA_DIR=None\nPULUMI_CONFIG_PASSPHRASE=None\nLAW_CONFIG_FILE=/mine.cfg\n"));
    assert.ok(log.includes(`\nAFRAME_TMPDIR=${experiment.directory}/tmp/Fetch\n`));
    assert.ok(log.includes(`\nHOME=${process.env.HOME ?? "None"}\n`));
});

test("secrets reach the task but neither its log, nor its record, nor an error", async (t) => {
    const experiment = await Experiment.make(t);
    const secret = 'sw0rd/fi+sh"';
    const stage = experiment.stage(["env:AWS_SECRET_ACCESS_KEY", `warn:${encodeURIComponent(secret)}`, "fail:1"], {
        secretEnvironment: { AWS_SECRET_ACCESS_KEY: secret },
    });
    await assert.rejects(create(stage), (error: Error) => {
        assert.match(error.message, /AWS_SECRET_ACCESS_KEY=\[secret\]/);
        assert.ok(!error.message.includes("sw0rd"));
        return true;
    });
    assert.ok(!(await experiment.read("logs/Fetch.log")).includes("sw0rd"));
});

test("a stage over its time limit is stopped", async (t) => {
    const experiment = await Experiment.make(t);
    const stage = experiment.stage(["wait:600"], { timeoutSeconds: 1 });
    await assert.rejects(create(stage), /Fetch was stopped after [\d.]+m?s, its limit/);
});

test("no more stages run at once than there are workers", async (t) => {
    const experiment = await Experiment.make(t);
    const stages = ["A", "B", "C", "D"].map((stage) =>
        experiment.stage([`make:${stage}.txt=1`, `half:running/${stage}`, "wait:0.3"], {
            stage,
            produces: [`${stage}.txt`],
            workers: 1,
        }),
    );
    await Promise.all(stages.map(create));
    const times = await Promise.all(
        ["A", "B", "C", "D"].map(async (stage) => {
            const log = await experiment.read(`logs/${stage}.log`);
            const { manifest } = await recordOf(experiment, stage);
            return { start: Date.parse(log.split(" ")[1] ?? ""), end: Date.parse(manifest.time) };
        }),
    );
    times.sort((a, b) => a.start - b.start);
    for (const [i, { start }] of times.entries()) {
        assert.ok(i === 0 || start >= (times[i - 1]?.end ?? 0));
    }
});

test("deleting a stage keeps its artefacts, or deletes exactly them when asked to", async (t) => {
    const experiment = await Experiment.make(t);
    const stage = experiment.stage([...both, "make:background/notes.md=mine"]);
    const { outs } = await create(stage);
    await remove(outs);
    assert.deepEqual((await create(stage)).outs, outs);
    assert.equal(await experiment.runs(), 1);

    await remove({ ...outs, artifacts: "delete" });
    assert.deepEqual(await readdir(experiment.root), ["background"]);
    assert.deepEqual(await readdir(experiment.file("data/train/background")), ["notes.md"]);
    assert.deepEqual(await readdir(experiment.file(".aframe/records")), []);
});

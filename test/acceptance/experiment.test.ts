// A whole experiment by the commands a researcher types: real law, a real S3 server, the real program and engine.
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { assertForm } from "../cli/jsonSchemas.ts";
import { canary, isAlive, Laboratory, stagesWith, untilGone } from "./laboratory.ts";

const allStages = [
    "ExportLocal",
    "FetchTest",
    "FetchTrain",
    "SandboxInfer",
    "SandboxSV",
    "TestingWaveforms",
    "TrainLocal",
    "TrainingWaveforms",
    "ValidationWaveforms",
];

/** What follows from the high-pass filter. */
const filtered = ["ExportLocal", "SandboxInfer", "SandboxSV", "TestingWaveforms", "TrainLocal", "ValidationWaveforms"];

describe("an experiment that trains here on S3 data", () => {
    let laboratory: Laboratory;
    before(async () => {
        laboratory = await Laboratory.open();
    });
    after(() => laboratory.close());
    const inDirectory = (name: string) => path.join(laboratory.directory, name);

    it("goes from data to sensitive volume, every stage a resource of one stack", async () => {
        const { code, stdout, stderr } = await laboratory.runScript();
        assert.equal(code, 0, stdout + stderr);
        assert.deepEqual(stagesWith("created", stdout), allStages);
        const keys = await laboratory.objects();
        for (const key of [".aframe-owner.json", "segments.txt", "val_waveforms.hdf5"]) {
            assert.ok(keys.includes(`run1/data/train/${key}`), `${key} is not among ${keys.join(" ")}`);
        }
        for (const file of [
            "training/model.pt",
            "training/run.json",
            "results/plots/sensitive_volume.h5",
            "logs/TrainLocal.log",
        ]) {
            assert.ok(existsSync(inDirectory(file)), file);
        }
        const outputs = await laboratory.run("output", ["--json"]);
        const { stages, runDir } = assertForm("output", outputs.stdout) as { stages: object; runDir: string };
        assert.deepEqual(Object.keys(stages).sort(), allStages);
        assert.equal(runDir, inDirectory("training"));
    });

    it("runs nothing when nothing has changed, not even after a comment was edited", async () => {
        laboratory.editFile("sandbox.cfg", "[luigi_Train]", "# a comment\n[luigi_Train]");
        const { code, stdout } = await laboratory.run("up");
        assert.equal(code, 0, stdout);
        assert.match(stdout, /20 unchanged/);
        assert.doesNotMatch(stdout, /\d+ (created|updated|replaced|deleted)/);
    });

    it("previews what follows from an edit, and writes nothing", async () => {
        laboratory.editFile("base.cfg", /^highpass = 32$/m, "highpass = 30");
        const [files, objects] = [laboratory.files(), await laboratory.objects()];
        const { code, stdout } = await laboratory.run("preview");
        assert.equal(code, 0, stdout);
        assert.deepEqual(stagesWith("update", stdout), filtered);
        assert.deepEqual(laboratory.files(), files);
        assert.deepEqual(await laboratory.objects(), objects);
    });

    it("says why a task failed, and goes on from there", async () => {
        laboratory.switchTask("TestingWaveforms", "fail");
        const failed = await laboratory.run("up");
        assert.equal(failed.code, 1);
        const told = failed.stdout + failed.stderr;
        assert.match(told, /TestingWaveforms.*exit code 7/);
        assert.match(told, /the detector is on fire/);
        assert.ok(told.includes(inDirectory("logs/TestingWaveforms.log")));

        laboratory.switchTask();
        const { code, stdout } = await laboratory.run("up");
        assert.equal(code, 0, stdout);
        const again = stagesWith("updated", stdout);
        assert.ok(again.includes("TestingWaveforms") && again.includes("SandboxSV"));
        assert.ok(!again.includes("ValidationWaveforms"), "what had succeeded was done again");
    });

    it("stops its tasks on Ctrl-C, and leaves nothing half made", async () => {
        laboratory.editFile("base.cfg", /^highpass = 30$/m, "highpass = 28");
        laboratory.switchTask("ValidationWaveforms", "hang");
        let task = 0;
        const stopped = await laboratory.run("up", [], (child) => {
            void laboratory.untilHanging().then((pid) => {
                task = pid;
                child.kill("SIGINT");
            });
        });
        assert.equal(stopped.code, 130, stopped.stdout + stopped.stderr);
        assert.ok(task > 0 && !isAlive(task), "the task is still running");
        assert.ok(!existsSync(inDirectory("mirror/data/train/val_waveforms.hdf5")));
    });

    it("survives kill -9 without orphans, and the next up finishes", async () => {
        let task = 0;
        laboratory.switchTask("ValidationWaveforms", "hang");
        await laboratory.run("up", [], (child) => {
            void laboratory.untilHanging().then((pid) => {
                task = pid;
                child.kill("SIGKILL");
            });
        });
        await untilGone(task);
        assert.ok(task > 0 && !isAlive(task), "the task outlived the engine");
        laboratory.switchTask();
        await laboratory.run("cancel", ["--yes"]);
        const { code, stdout, stderr } = await laboratory.run("up");
        assert.equal(code, 0, stdout + stderr);
        assert.match((await laboratory.run("up")).stdout, /20 unchanged/);
    });

    it("trains on the data from S3 when the copies here are gone", async () => {
        rmSync(inDirectory("mirror"), { recursive: true });
        laboratory.editFile("train.yaml", "learning_rate: 4.0e-3", "learning_rate: 3.0e-3");
        const { code, stdout, stderr } = await laboratory.run("up");
        assert.equal(code, 0, stdout + stderr);
        const again = stagesWith("updated", stdout);
        assert.deepEqual(again, ["ExportLocal", "SandboxInfer", "SandboxSV", "TrainLocal"]);
        for (const file of ["background", "training_waveforms", "val_waveforms.hdf5"]) {
            assert.ok(existsSync(inDirectory(`mirror/data/train/${file}`)), file);
        }
    });

    it("keeps data and model when it is destroyed", async () => {
        const { code, stdout } = await laboratory.run("destroy", ["--yes"]);
        assert.equal(code, 0, stdout);
        assert.ok(existsSync(inDirectory("training/model.pt")));
        assert.ok((await laboratory.objects()).includes("run1/data/train/val_waveforms.hdf5"));
    });

    it("takes up what it kept without running it again", async () => {
        const { code, stdout, stderr } = await laboratory.run("up");
        assert.equal(code, 0, stdout + stderr);
        assert.doesNotMatch(stdout, /\] running /);
    });

    it("deletes data and model when that is asked for, and nobody else's", async () => {
        await laboratory.put("run1/data/train2/theirs");
        await laboratory.put("run10/data/train/theirs");
        laboratory.setStackConfig("aframe:artifacts", "delete");
        assert.equal((await laboratory.run("up")).code, 0);
        const { code, stdout } = await laboratory.run("destroy", ["--yes"]);
        assert.equal(code, 0, stdout);
        assert.deepEqual(await laboratory.objects(), ["run1/data/train2/theirs", "run10/data/train/theirs"]);
        assert.ok(!existsSync(inDirectory("training/model.pt")));
    });

    it("has written no credential anywhere", () => {
        const forms = [canary, Buffer.from(canary).toString("base64").slice(0, -4)];
        for (const file of laboratory.files().keys()) {
            const content = readFileSync(file);
            for (const form of forms) assert.ok(!content.includes(form), `${file} holds a credential`);
        }
    });
});

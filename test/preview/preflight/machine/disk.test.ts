// Whether directories can be written and data fit: on the real disks of this machine.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { stageInputs } from "../../../../components/stageInputs.ts";
import { stagesOf } from "../../../../pipeline/catalog.ts";
import { settingsDigest } from "../../../../pipeline/stage/digest.ts";
import { putManifest } from "../../../../pipeline/transfer/manifestObject.ts";
import type { CheckResult, Subject } from "../../../../preview/preflight/check.ts";
import type { Report } from "../../../../preview/preflight/run.ts";
import { temporaryDirectory } from "../../../components/fixture.ts";
import { manifestOf } from "../../../pipeline/fixtures/artefacts.ts";
import { prefix, startS3 } from "../../../pipeline/fixtures/s3.ts";
import { snapshot } from "../snapshot.ts";
import { reportsOf, subjectOf, told } from "./subject.ts";

const server = await startS3();

const fewSignals = ["TrainingWaveforms", "ValidationWaveforms", "TestingWaveforms"].map(
    (stage) => `[luigi_${stage}]\nnum_signals = 10\n`,
);

/** A cfg for so many seconds of training data, and half an hour of test data. */
function lasting(seconds: number): string {
    const base = ["train_start = 0", `train_stop = ${seconds}`, `test_stop = ${seconds + 1800}`];
    return ["[luigi_base]", ...base, ...fewSignals].join("\n");
}

const small = lasting(1800);
/** Tens of terabytes. */
const large = lasting(1_000_000_000);

async function ask(subject: Subject): Promise<Report> {
    const [report] = await reportsOf(subject, ["disk space"]);
    assert.ok(report);
    return report;
}

describe("the disks of an experiment", () => {
    it("are told with their free space, and nothing is made on them", async () => {
        const subject = subjectOf({ cfg: small });
        const { directory } = subject.settings.stack;
        const earlier = snapshot(directory);
        const report = await ask(subject);
        assert.equal(report.status, "passed");
        assert.match(report.summary, new RegExp(`^[\\d.]+ [kMGT]B free at ${directory}$`));
        assert.deepEqual(snapshot(directory), earlier);
    });

    it("are too small for the data that are still to be made", async () => {
        const subject = subjectOf({ cfg: large });
        const [line, ...more] = told(await ask(subject));
        assert.ok(line?.startsWith(`error: the disk of ${subject.settings.stack.directory} has `), line);
        assert.match(line ?? "", / free, and training data and test data will take at least 16\.4 TB \(make room/);
        assert.deepEqual(more, []);
    });

    it("may be too small, when the detectors have observed all the time", async () => {
        const { bavail, bsize } = statfsSync(tmpdir());
        // Of two detectors, 2048 numbers of 8 bytes for each second.
        const seconds = Math.round((bavail * bsize * 1.5) / (2 * 2048 * 8));
        const report = await ask(subjectOf({ cfg: lasting(seconds) }));
        assert.match(told(report).join(), /^warning: .* training data and test data will take about /);
    });

    it("hold a file where a directory is to be made", async () => {
        const parent = temporaryDirectory();
        writeFileSync(path.join(parent, "file"), "");
        const report = await ask(withResults(subjectOf({ cfg: small }), path.join(parent, "file", "results")));
        assert.deepEqual(told(report), [
            "error: stack config aframe:environment.AFRAME_RESULTS_DIR: results cannot be written to " +
                `${parent}/file/results: ${parent}/file is not a directory`,
        ]);
    });

    it("hold a directory that this user may not write to", () => {
        const parent = temporaryDirectory();
        const closed = path.join(parent, "closed");
        mkdirSync(closed, { mode: 0o555 });
        chmodSync(parent, 0o755);
        const subject = withResults(subjectOf({ cfg: small }), path.join(closed, "results"));
        chmodSync(subject.settings.stack.directory, 0o777);
        const file = path.join(parent, "subject.json");
        writeFileSync(file, JSON.stringify(subject));
        const script = fileURLToPath(import.meta.resolve("./unprivileged.ts"));
        const answer = execFileSync(process.execPath, [script, file], { encoding: "utf8" });
        assert.deepEqual(told(JSON.parse(answer) as CheckResult), [
            "error: stack config aframe:environment.AFRAME_RESULTS_DIR: results cannot be written to " +
                `${closed}/results: this user may not write to ${closed}`,
        ]);
    });
});

function withResults(subject: Subject, results: string): Subject {
    const { settings } = subject;
    const directories = { ...settings.directories, results: { kind: "local", path: results } as const };
    return { ...subject, settings: { ...settings, directories } };
}

describe("the mirror of data on S3", () => {
    const variation = { trainData: "s3://data/shared/train", cfg: large, subject: { s3: server.connection } };
    const tooSmall = /^error: .* free, and training data and test data will take at least 16\.4 TB /;

    async function send(subject: Subject): Promise<void> {
        for (const definition of stagesOf(subject.settings).filter(({ root }) => root === "trainData")) {
            const digest = settingsDigest(stageInputs(definition, subject.settings));
            const manifest = { ...manifestOf([]), stage: definition.name, settingsDigest: digest };
            await putManifest(server.client, prefix("shared/train"), manifest);
        }
    }

    it("is too small until the same data are on S3, whoever has made them", async () => {
        const subject = subjectOf(variation);
        assert.match(told(await ask(subject)).join(), tooSmall);
        await send(subjectOf({ ...variation, cfg: lasting(2_000_000_000) }));
        assert.match(told(await ask(subject)).join(), tooSmall);
        await send(subject);
        assert.deepEqual(told(await ask(subject)), []);
    });

    it("is too small as well when S3 cannot be asked", async () => {
        const s3 = { ...server.connection, endpoint: "http://127.0.0.1:1" };
        assert.match(told(await ask(subjectOf({ ...variation, subject: { s3 } }))).join(), tooSmall);
    });
});

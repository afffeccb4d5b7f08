// `aframe init-from`: a run.json as a training leaves it, and the experiment that is made of it.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { parseDocument } from "yaml";
import { StackFile } from "../../cli/stackFile.ts";
import { describeRun } from "../../components/runDescription.ts";
import { digestOfTraining, planTraining } from "../../components/trainingPlan.ts";
import { readExperiment } from "../../config/experiment.ts";
import type { ExperimentSettings } from "../../config/settings.ts";
import { parseStackSettings } from "../../config/stack.ts";
import { settingsFor, stagesOf } from "../../pipeline/catalog.ts";
import { create } from "../../pipeline/provenance/lifecycle.ts";
import type { RunDescription } from "../../pipeline/provenance/runFile.ts";
import { startS3 } from "../pipeline/fixtures/s3.ts";
import { putModel } from "../pipeline/training/model.ts";
import { TestCheckout } from "./checkout.ts";
import { assertForm } from "./jsonSchemas.ts";

const { client, connection } = await startS3();
const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});

const commit = "0123456789abcdef0123456789abcdef01234567";
const data = { FetchTrain: "a".repeat(64), TrainingWaveforms: "b".repeat(64) };
const canary = "CANARY-secret";
const s3Keys = {
    AWS_ENDPOINT_URL: connection.endpoint ?? "",
    AWS_ACCESS_KEY_ID: connection.accessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: connection.secretAccessKey ?? "",
};

function settingsOf(name: string): ExperimentSettings {
    const file = checkout.stackFile(name);
    const { config } = new StackFile(file, readFileSync(file, "utf8"));
    return readExperiment(parseStackSettings(name, config, file)).settings;
}

/** Values by name, without those of the directories. */
function valuesOf(settings: ExperimentSettings): Map<string, string> {
    const rows = settings.values.filter(({ section, secret }) => section !== "luigi_paths" && !secret);
    return new Map(rows.map(({ section, key, value }) => [`${section}::${key}`, value]));
}

function edit(name: string, change: (file: string) => void): void {
    change(path.join(checkout.path(name), "sandbox.cfg"));
}

function setStackConfig(name: string, values: Readonly<Record<string, unknown>>): void {
    const file = checkout.stackFile(name);
    const document = parseDocument(readFileSync(file, "utf8"));
    for (const [key, value] of Object.entries(values)) document.setIn(["config", `aframe:${key}`], value);
    writeFileSync(file, document.toString());
}

/** With what makes a configuration hard to write down again. */
async function makeOriginal(name: string, options: readonly string[] = []): Promise<ExperimentSettings> {
    const made = await checkout.run("aframe-init", ["offline", "-d", checkout.path(name), ...options]);
    assert.equal(made.code, 0, made.stderr);
    edit(name, (file) => {
        const text = readFileSync(file, "utf8")
            .replace("use_init_containers = false", "use_init_containers = true")
            .replace(/^git_url = .*$/m, "git_url = https://github.com/ML4GW/aframe.git");
        writeFileSync(file, text);
        const lines = [
            "[luigi_SandboxSV]",
            "mass_combos = [[35, 35],",
            "    [20, 10]]",
            "[modules]",
            `output = ${checkout.path(name)}/results/extra`,
            "price = \\$5",
            "access_token = hidden-by-its-name",
        ];
        appendFileSync(file, `\n${lines.join("\n")}\n`);
        writeFileSync(
            file,
            readFileSync(file, "utf8").replace(
                "[luigi_s3]",
                `[luigi_s3]\naws_access_key_id = ${canary}\naws_secret_access_key = ${canary}`,
            ),
        );
    });
    writeFileSync(path.join(checkout.path(name), "train.yaml"), "# by hand\ntrainer:\n  max_epochs: 3\n");
    setStackConfig(name, {
        settings: { luigi_Train: { seed: 77 }, luigi_wandb: { tags: "a # b" }, task: { note: "it is 5 # or 6" } },
        gpus: "0,1",
        workers: 3,
        kubernetes: { context: "nautilus", namespace: "physics" },
        volume: { storageClassName: "rook-cephfs", size: "200Gi" },
        podTemplatePatch: { spec: { priorityClassName: "opportunistic" } },
        policy: "strict",
    });
    return settingsOf(name);
}

function descriptionOf(settings: ExperimentSettings): RunDescription {
    return describeRun(settings, planTraining(settings, []));
}

function digestOf(settings: ExperimentSettings): string {
    const plan = planTraining(settings, []);
    assert.ok(plan);
    return digestOfTraining(plan, commit, data);
}

/** As the last `up` of a remote training leaves it. */
async function leaveRun(settings: ExperimentSettings): Promise<void> {
    const { run: runDir } = settings.directories;
    assert.ok(runDir.kind === "s3");
    const trainingDigest = digestOf(settings);
    const manifestDigest = await putModel(client, { runDir, trainingDigest });
    const description = JSON.stringify(descriptionOf(settings));
    const { directory } = settings.stack;
    const common = { directory, runDir, s3: connection, description, manifestDigest, trainingDigest };
    await create({ ...common, commit, data, artifacts: "retain" });
}

describe("repeating a run on a cluster", () => {
    it("makes an experiment with the same settings, the same files and the same training", async () => {
        const original = await makeOriginal("first", ["--s3-bucket", "s3://data/runs/first"]);
        await leaveRun(original);
        const args = ["init-from", "s3://data/runs/first/training", "--directory", checkout.path("second")];
        const { code, stdout, stderr } = await checkout.run("aframe", args, s3Keys);
        assert.deepEqual([code, stderr], [0, ""]);
        assert.match(
            stdout,
            /^Made experiment second in .*\/second, which repeats first \(trained 2026-03-01T12:00:00/,
        );
        assert.match(stdout, /^ {2}model {5}s3:\/\/data\/runs\/second\/training$/m);
        const repeated = settingsOf("second");

        const wanted = valuesOf(original);
        wanted.set("luigi_Train::git_ref", commit);
        wanted.delete("modules::access_token");
        for (const [key, value] of wanted) {
            wanted.set(key, value.replaceAll(checkout.path("first"), checkout.path("second")));
        }
        for (const include of ["core::inherit", "core::extend"]) wanted.delete(include);
        assert.deepEqual(new Map([...valuesOf(repeated)].sort()), new Map([...wanted].sort()));
        assert.equal(digestOf(repeated), digestOf(original));
        for (const stage of stagesOf(original)) {
            assert.deepEqual(settingsFor(stage, repeated), settingsFor(stage, original), stage.name);
        }
        const { name: _, directory: __, environment: ___, settings: ____, ...stack } = repeated.stack;
        for (const [key, value] of Object.entries(stack)) {
            assert.deepEqual(value, original.stack[key as keyof typeof stack], key);
        }
        const yaml = (name: string) => readFileSync(path.join(checkout.path(name), "train.yaml"), "utf8");
        assert.equal(yaml("second"), yaml("first"));
        assert.match(readFileSync(checkout.path("second/run.sh"), "utf8"), /--workers 3 --gpus 0,1$/m);
        assert.equal(statSync(checkout.path("second/run.sh")).mode & 0o777, 0o755);
    });

    it("keeps the references of the cfg, so that a value is still changed in one place", () => {
        const text = readFileSync(checkout.path("second/sandbox.cfg"), "utf8");
        assert.match(text, /^highpass = &::luigi_base::highpass$/m);
        assert.match(text, /^# .+\n\[luigi_base\]$/m);
    });

    it("writes no credential anywhere, nor that there was one", async () => {
        const { Body } = await client.send(
            new (await import("@aws-sdk/client-s3")).GetObjectCommand({
                Bucket: "data",
                Key: "runs/first/training/run.json",
            }),
        );
        const texts = [
            (await Body?.transformToString()) ?? "",
            readFileSync(checkout.path("second/sandbox.cfg"), "utf8"),
            readFileSync(checkout.stackFile("second"), "utf8"),
        ];
        for (const text of texts) {
            assert.ok(!text.includes(canary) && !text.includes("hidden-by-its-name"));
        }
        const { settings } = assertForm("run", texts[0] ?? "") as RunDescription;
        assert.deepEqual(
            settings.filter(({ key }) => /aws_|api_key|token/.test(key)),
            [],
        );
    });

    it("says what it lacks, and writes nothing", async () => {
        const from = (...args: string[]) => checkout.run("aframe", ["init-from", ...args], s3Keys);
        const run = "s3://data/runs/first/training/run.json";
        const again = await from(run, "--directory", checkout.path("second"));
        assert.equal(again.code, 2);
        assert.match(again.stderr, /second holds an experiment already \(.*sandbox\.cfg.*\); nothing was written/);
        const own = await from(run, "-d", checkout.path("third"), "--s3-bucket", "s3://data/runs/first");
        assert.match(own.stderr, /^error: s3:\/\/data\/runs\/first\/data\/train is where the run itself is/);
        const missing = await from("s3://data/runs/none", "-d", checkout.path("third"));
        assert.match(missing.stderr, /^error: RUN: there is no s3:\/\/data\/runs\/none\/run\.json\n$/);
        const absent = await from("nowhere.json", "-d", checkout.path("third"));
        assert.match(absent.stderr, /^error: RUN: .*\/nowhere\.json cannot be read: ENOENT/);
        writeFileSync(checkout.path("broken.json"), '{"version": 1}');
        const broken = await from("broken.json", "-d", checkout.path("third"));
        assert.equal(broken.code, 2);
        assert.match(broken.stderr, /^error: .*\/broken\.json: experiment: /);
        assert.ok(!checkout.stacks.includes("Pulumi.third.yaml"));
    });
});

describe("repeating a run on this machine", () => {
    it("reads the run directory, keeps the data here, and tells which code it was", async () => {
        const original = await makeOriginal("here");
        const file = checkout.path("run.json");
        const { training, ...described } = descriptionOf(original);
        const run = {
            version: 1,
            time: "2026-03-01T12:00:00.000Z",
            tool: "aframe-pulumi/0.1.0",
            versions: {},
            ...described,
            model: { uri: `${checkout.path("here")}/training/model.pt`, manifestDigest: "m" },
            training: { ...training, digest: "d" },
            code: { commit, checkout: "/home/somebody/aframe", modified: true },
            data: {},
        };
        writeFileSync(file, JSON.stringify(run));
        const { code, stdout, stderr } = await checkout.run("aframe", [
            ...["init-from", checkout.root, "--directory", checkout.path("there"), "--stack", "again"],
        ]);
        assert.deepEqual([code, stderr], [0, ""]);
        assert.match(stdout, /to do {5}bring \/home\/somebody\/aframe to that commit; it had other changes too/);
        const repeated = settingsOf("again");
        assert.deepEqual(repeated.directories.run, { kind: "local", path: checkout.path("there/training") });
        assert.equal(valuesOf(repeated).get("modules::output"), checkout.path("there/results/extra"));
        for (const stage of stagesOf(original)) {
            assert.deepEqual(settingsFor(stage, repeated), settingsFor(stage, original), stage.name);
        }
        const bucket = await checkout.run("aframe", [
            ...["init-from", checkout.root, "-d", checkout.path("x"), "--s3-bucket", "s3://data/x"],
        ]);
        assert.deepEqual([bucket.code, /had nothing on S3/.test(bucket.stderr)], [2, true]);
    });
});

// `aframe report` as it is run: on artefacts of real stages, a real S3 server, and a cluster.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, it } from "node:test";
import packageJson from "../../package.json" with { type: "json" };
import { readRunFile } from "../../pipeline/provenance/place.ts";
import type { ExperimentReport, Report } from "../../report/model/report.ts";
import { put, startS3 } from "../pipeline/fixtures/s3.ts";
import { until } from "../pipeline/fixtures/until.ts";
import { ApiServer } from "../pipeline/training/apiServer.ts";
import { atWork, condition, created, ended, job, jobCondition, pod } from "../pipeline/training/objects.ts";
import { passphrase, writeState } from "./experimentState.ts";
import { assertForm } from "./jsonSchemas.ts";
import { TrainedExperiment } from "./trainedExperiment.ts";

const server = await startS3();
const { client, connection } = server;
const cluster = new ApiServer();
await cluster.start();
const experiment = await TrainedExperiment.make(server, connection.endpoint ?? "");
const { checkout, directory } = experiment;

beforeEach(() => {
    cluster.clear();
    cluster.put({});
    writeState(checkout, { resources: experiment.resources() });
});

const environment = () => ({
    KUBECONFIG: process.env.KUBECONFIG ?? "",
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    AWS_ACCESS_KEY_ID: connection.accessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: connection.secretAccessKey ?? "",
});
const run = (args: readonly string[], extra: Record<string, string> = {}, onStart?: (child: ChildProcess) => void) =>
    checkout.run("aframe", ["report", ...args], { ...environment(), ...extra }, onStart);

async function gathered(extra: Record<string, string> = {}): Promise<ExperimentReport> {
    const { code, stdout, stderr } = await run(["--json"], extra);
    assert.deepEqual([code, stderr], [0, ""]);
    const { experiments } = assertForm("report", stdout) as Report;
    assert.ok(experiments[0]);
    return experiments[0];
}

const states = ({ stages }: ExperimentReport) => stages.map(({ name, state }) => `${name} ${state}`);
const page = path.join(directory, "report.html");

describe("aframe report", () => {
    it("writes one page beside the experiment, and says where", async () => {
        const { code, stdout, stderr } = await run([]);
        assert.deepEqual([code, stdout, stderr], [0, `${page}\n`, ""]);
        const html = readFileSync(page, "utf8");
        assert.match(html, /<title>exp – Aframe<\/title>/);
        assert.doesNotMatch(html, /<(script|link|img)[^>]* (src|href)=/);
    });

    it("tells each stage, and what the next up would do with it", async () => {
        const report = await gathered();
        assert.deepEqual(states(report), [
            ...["FetchTrain made", "TrainingWaveforms made", "ValidationWaveforms made"],
            ...["FetchTest made", "TestingWaveforms made", "Train made"],
            ...["ExportLocal not made", "SandboxInfer not made", "SandboxSV not made"],
        ]);
        const [fetch] = report.stages;
        assert.deepEqual([fetch?.files, fetch?.bytes, fetch?.place], [1, 10, "s3://data/exp/data"]);
        assert.equal(report.stages.find(({ name }) => name === "ExportLocal")?.verdict?.kind, "runs");
        assert.ok(report.spans.some(({ row, kind }) => row === "FetchTrain" && kind === "stage"));
        assert.equal(report.provenance.manifests.Train?.length, 64);
        assert.deepEqual(report.problems, []);
    });

    it("follows a training on the cluster: its pods' steps, its curves, what it asked for", async () => {
        const times = (from: string, to?: string) => ({
            startedAt: new Date(`2026-03-01T${from}Z`),
            ...(to !== undefined && { finishedAt: new Date(`2026-03-01T${to}Z`) }),
        });
        const done = {
            ...ended("fetch-data", 0),
            state: { terminated: { exitCode: 0, ...times("10:20:00", "10:25:00") } },
        };
        const busy = { ...ended("train", 0), state: { running: times("10:30:00") } };
        const scheduled = {
            ...condition("PodScheduled", "True", ""),
            lastTransitionTime: new Date("2026-03-01T10:15:00Z"),
        };
        const status = {
            phase: "Running",
            conditions: [scheduled],
            initContainerStatuses: [done],
            containerStatuses: [busy],
        };
        const limits = { cpu: "12", "nvidia.com/gpu": "2" };
        const spec = { containers: [{ name: "train", resources: { limits } }] };
        cluster.put({ job: job(), pods: [{ ...pod("p", status), spec }] });
        writeState(checkout, { resources: experiment.resources({ FetchTrain: "other" }).map(withoutModel) });
        const { prefix } = experiment.target.runDir;
        await put(
            client,
            `${prefix}/lightning_logs/version_0/metrics.csv`,
            "epoch,step,train_loss\n0,10,0.7\n0,20,0.5\n0,3",
        );
        const report = await gathered();
        assert.equal(report.headline.state, "running");
        assert.deepEqual(
            report.spans
                .filter(({ row }) => row === "pod p")
                .map(({ kind, began }) => `${kind} ${began.slice(11, 16)}`),
            ["queue 10:00", "pull 10:15", "fetch 10:20", "pull 10:25", "train 10:30"],
        );
        assert.deepEqual(report.curves, [
            {
                name: "train_loss",
                kind: "loss",
                points: [
                    [10, 0.7],
                    [20, 0.5],
                ],
                last: 0.5,
            },
        ]);
        assert.deepEqual(report.resources?.containers, [{ container: "train", asked: limits }]);
        const usage = { cpu: "11500m", memory: "40Gi" };
        cluster.usage.set("p", [{ name: "train", usage }]);
        assert.deepEqual((await gathered()).resources?.containers, [
            { container: "train", asked: limits, used: usage },
        ]);
        assert.match(report.resources.note, /^The cluster gives no measurements \(metrics\.k8s\.io\): /);
    });

    it("says why a training failed, with the end of its log, which S3 keeps when the cluster has none", async () => {
        writeState(checkout, { resources: experiment.resources().map(withoutModel) });
        const failed = pod("p", { phase: "Failed", containerStatuses: [ended("train", 137, "OOMKilled")] }, created);
        cluster.put({ job: job([jobCondition("Failed", "BackoffLimitExceeded")]), pods: [failed] });
        await put(client, `${experiment.target.runDir.prefix}/logs/p/train.log`, "epoch 1\nCUDA out of memory\n");
        const { headline, failures } = await gathered();
        assert.equal(headline.state, "failed");
        assert.deepEqual(
            failures.map(({ where, cause, log }) => [where, cause, log]),
            [
                [
                    "pod p",
                    "container train of pod p: out of memory (exit code 137); raise memory_per_cpu",
                    ["epoch 1", "CUDA out of memory"],
                ],
            ],
        );
    });

    it("tells from run.json what only a pod that is gone could tell, and how to do it again", async () => {
        const digest = `sha256:${"e".repeat(64)}`;
        const train = { ...ended("train", 0), imageID: `ghcr.io/ml4gw/aframe/train@${digest}` };
        const done = pod("p", { phase: "Succeeded", containerStatuses: [train] });
        cluster.put({ job: job([jobCondition("Complete", "")]), pods: [done] });
        await experiment.leaveRunFile("f".repeat(40));
        cluster.put({});
        const { provenance, problems } = await gathered();
        assert.deepEqual(problems, []);
        const { commit, imageDigest, versions } = provenance;
        assert.deepEqual([commit?.id, imageDigest], ["f".repeat(40), digest]);
        assert.equal(versions["@pulumi/pulumi"], packageJson.dependencies["@pulumi/pulumi"]);
        await run([]);
        assert.match(readFileSync(page, "utf8"), /aframe init-from s3:\/\/data\/exp\/run\/run\.json --directory/);
    });

    it("takes no run.json of another training for this one's, and says when it cannot be read", async () => {
        const key = `${experiment.target.runDir.prefix}/run.json`;
        const text = (await readRunFile({ runDir: experiment.target.runDir, s3: connection })) ?? "";
        await put(client, key, text.replace(/"manifestDigest": "\w+"/, '"manifestDigest": "another"'));
        assert.equal((await gathered()).provenance.runFile, undefined);
        await put(client, key, "{");
        const { problems } = await gathered();
        await put(client, key, text);
        assert.match(
            problems.join(),
            /^run\.json cannot be looked at: s3:\/\/data\/exp\/run\/run\.json: is not JSON: /,
        );
    });

    it("tells what is kept once the stack has been destroyed", async () => {
        writeState(checkout, { resources: [] });
        const report = await gathered();
        assert.equal(report.headline.text, "the stack has been destroyed; what 6 of 9 stages made is kept");
        assert.deepEqual(states(report).slice(0, 6), states(await withState()).slice(0, 6));
        assert.equal(report.training?.state, "succeeded");
    });

    it("tells the same where the state is not", async () => {
        rmSync(path.join(checkout.checkout, ".pulumi"), { recursive: true });
        const report = await gathered();
        assert.equal(report.training?.state, "succeeded");
        assert.equal(report.headline.text, "6 of 9 stages made");
    });

    it("says on the page what cannot be looked at, and shows the rest", async () => {
        writeState(checkout, { resources: experiment.resources().map(withoutModel) });
        cluster.fault = () => 503;
        const { problems, stages } = await gathered();
        assert.deepEqual(problems, ["the cluster (context nautilus) cannot be looked at: as told (HTTP 503)"]);
        assert.equal(stages.length, 9);
    });

    it("tells a stage that failed by its log, without a terminal's colours", async () => {
        const records = path.join(directory, ".aframe/records");
        writeFileSync(path.join(records, "ExportLocal.attempt.json"), "{}");
        const lines = [
            "=== 2026-03-01T10:00:00.000Z law run",
            "\u001b[31mno model\u001b[0m",
            "--- ExportLocal failed with exit code 1 after 3s; the whole log is x",
        ];
        mkdirSync(path.join(directory, "logs"), { recursive: true });
        writeFileSync(path.join(directory, "logs/ExportLocal.log"), `${lines.join("\n")}\n`);
        const { headline, failures } = await gathered();
        rmSync(path.join(records, "ExportLocal.attempt.json"));
        assert.deepEqual([headline.state, headline.text], ["failed", "ExportLocal failed"]);
        assert.deepEqual(
            failures.map(({ cause, log }) => [cause, log]),
            [["failed with exit code 1 after 3s", ["no model"]]],
        );
    });

    it("never holds a secret, wherever it stands", async () => {
        const canaries = { wandb: "canary-wandb-key", cfg: "canary/secret+access", login: "canary-token" };
        cluster.put(atWork);
        cluster.write("p/train", `WANDB_API_KEY=${canaries.wandb} key ${connection.secretAccessKey ?? ""}\n`);
        const failed = pod("p", { phase: "Failed", containerStatuses: [ended("train", 1)] }, created);
        cluster.put({ job: job([jobCondition("Failed", "BackoffLimitExceeded", canaries.cfg)]), pods: [failed] });
        writeState(checkout, { resources: experiment.resources().map(withoutModel) });
        const cfg = path.join(directory, "sandbox.cfg");
        const before = readFileSync(cfg, "utf8");
        const given = { aws_access_key_id: connection.accessKeyId ?? "", aws_secret_access_key: canaries.cfg };
        const lines = Object.entries(given).map(([key, value]) => `${key} = ${value}\n`);
        writeFileSync(
            cfg,
            before.replace(/^\[luigi_s3\]\n/m, (head) => head + lines.join("")),
        );
        experiment.setStackConfig(
            ["aframe:settings", "luigi_Train", "git_url"],
            `https://u:${canaries.login}@github.com/a/b.git`,
        );
        const extra = { WANDB_API_KEY: canaries.wandb };
        const all = [await run([], extra), await run(["--json"], extra), readFileSync(page, "utf8")];
        writeFileSync(cfg, before);
        const text = JSON.stringify(all);
        assert.match(text, /WANDB_API_KEY=\[secret\]/);
        for (const canary of [...Object.values(canaries), connection.secretAccessKey ?? "none"])
            for (const form of [canary, JSON.stringify(canary).slice(1, -1), encodeURIComponent(canary)])
                assert.ok(!text.includes(form), form);
    });

    it("opens the page in the browser of the machine", async () => {
        const browser = checkout.path("browser");
        const seen = checkout.path("seen");
        writeFileSync(browser, `#!/bin/sh\necho "$1" > ${seen}\n`);
        chmodSync(browser, 0o755);
        const { code, stdout } = await run(["--open"], { BROWSER: browser });
        assert.deepEqual([code, stdout], [0, `${page}\n`]);
        await until("the browser", () => Promise.resolve(existsSync(seen) || undefined));
        assert.ok(readFileSync(seen, "utf8").trim().endsWith(page));
    });

    it("serves the page on this machine alone until Ctrl-C, and ends with 130", async () => {
        let answer: Promise<string> | undefined;
        const { code, stdout } = await run(["--serve"], {}, (child) => {
            child.stdout?.once("data", (url: string) => {
                answer = fetch(url.trim()).then((response) => response.text());
                void answer.finally(() => child.kill("SIGINT"));
            });
        });
        assert.equal(code, 130);
        assert.match(stdout, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/\n$/);
        assert.match((await answer) ?? "", /<title>exp – Aframe<\/title>/);
    });

    it("refuses what makes no sense together, and a folder that is not there", async () => {
        for (const [args, code, message] of [
            [["--json", "--open"], 2, "--json makes no page, so there is none to open"],
            [["--port", "80"], 2, "--port is for --serve"],
            [["--serve", "--port", "0"], 2, '--port is "0"; allowed: 1 to 65535'],
            [["--serve", "-o", "x"], 2, "--serve writes no file; leave --output out"],
            [["--stack", "exq"], 2, '--stack names "exq", which does not exist (did you mean exp?)'],
            [["-o", "no/where.html"], 1, /^error: the page cannot be written: ENOENT.*no\/where\.html/],
        ] as const) {
            const { code: found, stderr } = await run(args);
            assert.equal(found, code, stderr);
            if (typeof message === "string") assert.equal(stderr, `error: ${message}\n`);
            else assert.match(stderr, message);
        }
    });

    it("compares several experiments on one page", async () => {
        await checkout.run("aframe-init", ["offline", "-d", checkout.path("other")]);
        const { code, stdout } = await run(["--stack", "exp", "--stack", "other", "-o", "both.html"]);
        const file = checkout.path("both.html");
        assert.deepEqual([code, stdout], [0, `${file}\n`]);
        assert.match(readFileSync(file, "utf8"), /<title>exp, other – Aframe<\/title>[\s\S]*What differs/);
    });
});

async function withState(): Promise<ExperimentReport> {
    writeState(checkout, { resources: experiment.resources() });
    return gathered();
}

type Resource = ReturnType<typeof experiment.resources>[number];

/** The training is another one than that whose model is on S3. */
function withoutModel(resource: Resource): Resource {
    if (!resource.type.endsWith(":Job")) return resource;
    const text = JSON.stringify(resource).replaceAll(experiment.target.trainingDigest, "another training");
    return JSON.parse(text) as Resource;
}

// `aframe list` as it is run, on states that operations leave.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import type { ResourceState, Snapshot } from "../../embedded/state/checkpoint.ts";
import { trainingTarget } from "../pipeline/training/target.ts";
import { TestCheckout } from "./checkout.ts";
import { installPulumi, stage, trainingJob, trainingRun, writeState } from "./experimentState.ts";
import { assertForm } from "./jsonSchemas.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});

interface Listed {
    readonly experiments: readonly Readonly<Record<string, string>>[];
}

async function list(environment: Record<string, string> = {}) {
    const { code, stdout, stderr } = await checkout.run("aframe", ["list", "--json"], environment);
    const { experiments } = assertForm("list", stdout) as Listed;
    return { code, stderr, experiments, exp: experiments.find(({ name }) => name === "exp") };
}

const target = trainingTarget("exp/run", {});
const made = stage("FetchTrain", { manifestDigest: "d" });
const last = stage("SandboxSV", { manifestDigest: "d" });
const run = (outputs: object): ResourceState => {
    const resource = trainingRun(target);
    return { ...resource, outputs: { ...resource.outputs, ...outputs } };
};
const creating = (resource: ResourceState) => [{ resource, type: "creating" as const }];

const history = path.join(checkout.checkout, ".pulumi/history/aframe/exp");

function noteUpdate(result: "succeeded" | "failed"): void {
    rmSync(history, { recursive: true, force: true });
    mkdirSync(history, { recursive: true });
    writeFileSync(path.join(history, "exp-1.history.json"), JSON.stringify({ kind: "update", result }));
}

describe("aframe list", () => {
    it("says that there is none yet", async () => {
        const { code, stdout } = await checkout.run("aframe", ["list"]);
        assert.deepEqual([code, stdout], [0, "there is no experiment yet; aframe-init makes one\n"]);
        assert.deepEqual((await list()).experiments, []);
    });

    it("shows those that never ran, with their places", async () => {
        const options = ["--s3-bucket", "s3://data/first"];
        await checkout.run("aframe-init", ["offline", "-d", checkout.path("home/exp"), ...options]);
        await checkout.run("aframe-init", ["offline", "-d", checkout.path("local")]);
        const { code, experiments } = await list();
        assert.equal(code, 0);
        assert.deepEqual(experiments[0], {
            name: "exp",
            state: "not run",
            directory: checkout.path("home/exp"),
            trainDataDir: "s3://data/first/data/train",
            runDir: "s3://data/first/training",
        });
        const { stdout } = await checkout.run("aframe", ["list"]);
        assert.deepEqual(
            stdout.split("\n").map((line) => line.trim().split(/ {2,}/)),
            [
                ["Name", "State", "Updated", "Directory", "S3", "Commit", "Volume"],
                ["exp", "never run", "~/exp", "s3://data/first", "no"],
                ["local", "never run", checkout.path("local"), "no"],
                [""],
            ],
        );
    });

    const states: readonly (readonly [string, Partial<Snapshot>, "succeeded" | "failed", string])[] = [
        ["nothing is left of it", {}, "succeeded", "destroyed"],
        ["some stages have run", { resources: [made] }, "succeeded", "partly"],
        ["the last operation failed", { resources: [made] }, "failed", "failed"],
        ["a stage runs", { resources: [made], pendingOperations: creating(last) }, "succeeded", "started"],
        [
            "it trains here",
            { resources: [made], pendingOperations: creating(stage("TrainLocal", {})) },
            "succeeded",
            "training",
        ],
        [
            "an up waits for its training",
            { resources: [made, trainingJob(target)], pendingOperations: creating(trainingRun(target)) },
            "succeeded",
            "training",
        ],
        [
            "its training was only accepted",
            { resources: [made, trainingJob(target), run({ state: "accepted" })] },
            "succeeded",
            "training",
        ],
        ["its training failed", { resources: [made, trainingJob(target)] }, "failed", "failed"],
        ["all has run", { resources: [made, run({ state: "succeeded" }), last] }, "succeeded", "done"],
        [
            "a refresh found damage",
            { resources: [stage("FetchTrain", { manifestDigest: "d", damaged: ["a"] }), last] },
            "succeeded",
            "partly",
        ],
    ];
    for (const [what, snapshot, result, expected] of states) {
        it(`says "${expected}" when ${what}`, async () => {
            writeState(checkout, snapshot);
            noteUpdate(result);
            const { exp } = await list();
            assert.equal(exp?.state, expected);
            assert.match(exp.updated ?? "", /^20\d\d-/);
        });
    }

    it("tells the commit, and the sensitive volume once it is there", async () => {
        const type = "pulumi-nodejs:dynamic/aframe:GitRevision";
        const commit = "0123456789abcdef0123456789abcdef01234567";
        writeState(checkout, { resources: [{ ...made, type, urn: `${made.urn}2`, outputs: { commit } }, last] });
        const file = checkout.path("home/exp/results/plots/sensitive_volume.h5");
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, "");
        const { exp } = await list();
        assert.deepEqual([exp?.commit, exp?.sensitiveVolume], [commit, file]);
        const { stdout } = await checkout.run("aframe", ["list"]);
        assert.match(stdout, /^exp +done +\S.* ago +~\/exp +s3:\/\/data\/first +01234567 +yes$/m);
    });

    it("asks the Pulumi CLI for a state that is not in this checkout", async () => {
        rmSync(path.join(checkout.checkout, ".pulumi"), { recursive: true });
        const snapshot = { resources: [made, last], pendingOperations: [] };
        const { exp } = await list(installPulumi(checkout, snapshot));
        assert.equal(exp?.state, "done");
    });

    it("shows the others when one cannot be read, and ends with 1", async () => {
        writeState(checkout, { resources: [made] });
        writeFileSync(path.join(checkout.checkout, ".pulumi/stacks/aframe/exp.json"), "{");
        writeFileSync(checkout.stackFile("wrong"), "config: [");
        const { code, stderr, experiments, exp } = await list();
        assert.equal(code, 1);
        assert.match(stderr, /^error: exp: .*JSON[^\n]*\nerror: wrong: .*Pulumi\.wrong\.yaml:1: /);
        assert.equal(exp?.directory, checkout.path("home/exp"));
        assert.equal(experiments.find(({ name }) => name === "local")?.state, "not run");
    });
});

// What `aframe destroy`, `preview` and `up` tell of data and models before any of them is deleted.
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { recordFile } from "../../pipeline/stage/paths.ts";
import { writeArtefacts } from "../pipeline/fixtures/artefacts.ts";
import { keys, prefix, put, startS3 } from "../pipeline/fixtures/s3.ts";
import { TestCheckout } from "./checkout.ts";
import { installPulumi, passphrase, prefixContents, stage, writeState } from "./experimentState.ts";
import { Terminal } from "./terminal.ts";

const { client, connection } = await startS3();
const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
await checkout.makeSmallExperiment("exp");
const directory = checkout.path("exp");
const root = path.join(directory, "results");
const manifest = await writeArtefacts(root, { "a.hdf5": 1200, "b.hdf5": 300 });
mkdirSync(path.dirname(recordFile(directory, "FetchTest")), { recursive: true });
writeFileSync(
    recordFile(directory, "FetchTest"),
    JSON.stringify({ root: "results", seconds: 1, mtimes: {}, manifest }),
);
await put(client, "run1/.aframe-owner.json", JSON.stringify({ project: "aframe", stack: "exp" }));
await put(client, "run1/model.pt", "weights");
await put(client, "run1/logs/pod-1/train.log", "epoch 1");

const environment = { PULUMI_CONFIG_PASSPHRASE: passphrase };
const run = (args: readonly string[], extra: Record<string, string> = {}) =>
    checkout.run("aframe", args, { ...environment, ...extra });

function resources(artifacts: "retain" | "delete") {
    return [
        prefixContents("exp-run", { location: prefix("run1"), owner: "exp", artifacts, s3: connection }),
        stage("FetchTest", { directory, root, artifacts, manifestDigest: "d" }),
    ];
}

const deleted = `Data and models that this stack has made are deleted too (aframe:artifacts is delete):
    s3://data/run1: 2 objects, 14 B
    ${root}: 2 files, 1.5 kB
`;
const kept = `Data and models stay (aframe:artifacts is retain):
    s3://data/run1: 2 objects, 14 B
    ${root}: 2 files, 1.5 kB
`;

beforeEach(() => {
    writeState(checkout, { resources: resources("delete") });
});

describe("aframe destroy", () => {
    it("tells with --preview how much it deletes where, and does nothing", async () => {
        const { code, stdout, stderr } = await run(["destroy", "--preview"]);
        assert.deepEqual([code, stderr], [0, ""]);
        assert.ok(stdout.endsWith(`- aframe:PrefixContents exp-run\n- aframe:Stage exp-FetchTest\n${deleted}`), stdout);
        assert.equal((await keys(client, "run1/")).length, 3);
        assert.deepEqual((await run(["destroy", "--preview"])).stdout, stdout);
    });

    it("tells how much stays, and how to have it deleted when the config says so since", async () => {
        writeState(checkout, { resources: resources("retain") });
        const { stdout } = await run(["destroy", "--preview"]);
        assert.ok(stdout.endsWith(kept), stdout);
        appendFileSync(checkout.stackFile("exp"), "  aframe:artifacts: delete\n");
        const since = await run(["destroy", "--preview"]);
        const advice = "To have them deleted, run aframe up first: aframe:artifacts was set to delete since.\n";
        assert.ok(since.stdout.endsWith(`${kept}${advice}`), since.stdout);
    });

    it("counts only what a choice of resources comes to", async () => {
        const { stdout } = await run(["destroy", "--preview", "--target", "exp-FetchTest"]);
        assert.match(stdout, /deleted too \(aframe:artifacts is delete\):\n {4}\S+results: 2 files, 1\.5 kB\n$/);
    });

    it("tells it before it asks", async () => {
        const terminal = new Terminal(
            { ...checkout.environment, ...environment },
            `${checkout.checkout}/bin/aframe destroy`,
        );
        await terminal.until("s3://data/run1: 2 objects, 14 B");
        await terminal.until("Destroy all of this? [y/N]");
        terminal.type("n\r");
        assert.equal(await terminal.ended, 1);
        assert.equal((await keys(client, "run1/")).length, 3);
    });

    it("tells it too before the Pulumi CLI shows its own preview", async () => {
        const path = installPulumi(checkout, { resources: resources("delete"), pendingOperations: [] });
        const { stdout } = await run(["destroy", "--preview"], path);
        assert.ok(stdout.includes(deleted), stdout);
    });

    it("has nothing to tell of a stack without resources", async () => {
        writeState(checkout, {});
        const { code, stdout } = await run(["destroy", "--preview"]);
        assert.deepEqual([code, stdout.split("\n").slice(1)], [0, ["there is nothing to destroy", ""]]);
    });
});

describe("aframe preview", () => {
    it("tells what an up would delete for good because the configuration has it no more", async () => {
        const { stdout } = await run(["preview"]);
        const told = "up deletes for good what the configuration has no more (aframe:artifacts was delete):\n";
        assert.ok(stdout.includes(`${told}    s3://data/run1: 2 objects, 14 B\n`), stdout);
        assert.doesNotMatch(stdout, /results: 2 files/);
    });

    it("says nothing of it when what is dropped stays", async () => {
        writeState(checkout, { resources: resources("retain") });
        assert.doesNotMatch((await run(["preview"])).stdout, /for good/);
    });
});

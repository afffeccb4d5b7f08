// How far a stage's transfers are, as bin/aframe shows it: drawn on a terminal, in lines elsewhere.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import type { StageInputs } from "../../pipeline/stage/state.ts";
import { prefix, startProxy, startS3 } from "../pipeline/fixtures/s3.ts";
import { TestCheckout } from "./checkout.ts";
import { Terminal } from "./terminal.ts";

const { connection } = await startS3();
const proxy = await startProxy(connection.endpoint ?? "");
const hasScript = String(spawnSync("script", ["--version"]).stdout).includes("util-linux");
const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});

const megabytes = 30;
const write = `import sys; open(sys.argv[2], "wb").write(bytes(${megabytes} * 10**6))`;

/** Makes a stack of one stage, whose file does not get to S3 before it is let through. */
async function makeStack(name: string): Promise<{ readonly letThrough: () => void }> {
    await checkout.makeExperiment(name);
    const root = checkout.path(name, "data");
    const stage: StageInputs = {
        ...{ stage: "FetchTrain", experiment: name, directory: checkout.path(name), root, target: prefix(name) },
        command: [path.join(import.meta.dirname, "../../.venv/bin/python"), "-c", write, "run", `${root}/a.hdf5`],
        ...{ environment: {}, settings: {}, inputs: {}, sources: [], produces: ["*.hdf5"], workers: 1 },
        ...{ s3: { ...connection, endpoint: proxy.endpoint }, adoptExisting: false, artifacts: "retain" },
    };
    writeFileSync(path.join(checkout.checkout, "stage.json"), JSON.stringify(stage));
    const gate = Promise.withResolvers<undefined>();
    proxy.plan = (method, url) =>
        method === "PUT" && url.includes("a.hdf5") ? { type: "hold", until: gate.promise } : undefined;
    return {
        letThrough: () => {
            gate.resolve(undefined);
        },
    };
}

describe("the progress of transfers", () => {
    before(() => {
        const program = path.join(import.meta.dirname, "fixtures/stageProgram.ts");
        writeFileSync(path.join(checkout.checkout, "index.ts"), `import ${JSON.stringify(program)};\n`);
    });

    it("is drawn below the running stage on a terminal", {
        skip: hasScript ? false : "needs script of util-linux",
    }, async () => {
        const { letThrough } = await makeStack("live");
        const aframe = path.join(checkout.checkout, "bin/aframe");
        const terminal = new Terminal(checkout.environment, `${aframe} up --yes --stack live`);
        await terminal.until("made 1 file (30 MB)");
        await terminal.until("aframe:Stage live-FetchTrain");
        await terminal.until("      sent ");
        await terminal.until(" of 30 MB (");
        await terminal.until("        a.hdf5");
        letThrough();
        await terminal.until("sent 1 file (30 MB) to s3://data/live");
        await terminal.until("aframe:Stage live-FetchTrain");
        await terminal.until("created");
        assert.equal(await terminal.ended, 0);
        assert.ok(!terminal.shown.includes("progress"), terminal.shown);
    });

    it("is a line of its own each ten seconds in a log", async () => {
        const { letThrough } = await makeStack("log");
        const line = /^\[FetchTrain\] sent .* of 30 MB \(\d+ %\), .*\/s/m;
        const { code, stdout } = await checkout.run("aframe", ["up", "--yes", "--stack", "log"], {}, (child) => {
            let output = "";
            child.stdout?.on("data", (text: string) => {
                output += text;
                if (line.test(output)) letThrough();
            });
        });
        assert.equal(code, 0, stdout);
        assert.match(stdout, line);
        assert.ok(!stdout.includes("aframe-progress"), stdout);
    });
});

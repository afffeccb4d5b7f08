// What a preview leaves behind, which is nothing, by the commands a researcher types: real law, a real S3 server, the
// real program and engine. The same of a cluster is tested with the cluster.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { CreateMultipartUploadCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import type { Finished } from "../cli/checkout.ts";
import { bucket, Laboratory, stagesWith } from "./laboratory.ts";
import { changesBetween, tracesIn } from "./traces.ts";

/** The stages that the forecast says will run. */
function forecastRuns(output: string): string[] {
    const [, lines = ""] = /^Runs: (.*?)^(?:Skipped|Time):/ms.exec(output) ?? [];
    const names = lines.split("\n").map((line) => line.replace(/\(.*\)$/, ""));
    return [...names.join(" ").matchAll(/\w+/g)].map(([name]) => name).sort();
}

describe("a preview writes nothing, anywhere", () => {
    const temporary = mkdtempSync(path.join(tmpdir(), "aframe-preview-"));
    let laboratory: Laboratory;

    /** Without a passphrase of the caller's, so that one would be made where one is needed. */
    function run(verb: string): Promise<Finished> {
        const { PULUMI_CONFIG_PASSPHRASE: _passphrase, ...environment } = laboratory.environment;
        const args = [verb, "--stack", laboratory.stack, "--engine", "embedded"];
        return laboratory.checkout.run("aframe", args, { ...environment, TMPDIR: temporary });
    }

    /** Its output, when all is as it was. */
    async function preview(expectedCode = 0, verb = "preview"): Promise<string> {
        const traces = () => tracesIn(laboratory.checkout.root, laboratory.client, bucket);
        const [earlier, left] = [await traces(), readdirSync(temporary)];
        const { code, stdout, stderr } = await run(verb);
        assert.equal(code, expectedCode, stdout + stderr);
        assert.deepEqual(changesBetween(earlier, await traces()), []);
        assert.deepEqual(readdirSync(temporary), left, "something is left in the folder for temporary files");
        return stdout + stderr;
    }

    before(async () => {
        laboratory = await Laboratory.open();
        laboratory.trainHere();
        const versioning = { Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } } as const;
        await laboratory.client.send(new PutBucketVersioningCommand(versioning));
        await laboratory.put("run10/data/train/theirs");
        const upload = { Bucket: bucket, Key: "run10/data/train/half" };
        await laboratory.client.send(new CreateMultipartUploadCommand(upload));
    });
    after(async () => {
        rmSync(temporary, { recursive: true });
        await laboratory.close();
    });

    it("of a new experiment", async () => {
        const output = await preview();
        assert.deepEqual(stagesWith("create", output), forecastRuns(output));
        assert.match(output, /20 to create/);
        assert.ok(!existsSync(path.join(laboratory.checkout.root, "checkout/.pulumi")));
    });

    it("of one whose configuration is wrong", async () => {
        laboratory.editFile("base.cfg", /^highpass = 32$/m, "highpass = thirty-two");
        assert.match(await preview(2), /highpass: "thirty-two" is not a number/);
        laboratory.editFile("base.cfg", /^highpass = thirty-two$/m, "highpass = 32");
    });

    it("of one that cannot reach its data", async () => {
        laboratory.setStackConfig("aframe:environment", {
            ...laboratory.stackConfig("aframe:environment"),
            AFRAME_TRAIN_DATA_DIR: "s3://no-such-bucket/run1/data/train",
        });
        assert.match(await preview(1), /no-such-bucket/);
        laboratory.trainHere();
    });

    it("of one in which nothing has changed", async () => {
        const { code, stdout, stderr } = await run("up");
        assert.equal(code, 0, stdout + stderr);
        const output = await preview();
        assert.match(output, /20 unchanged/);
        assert.match(output, /^Data: .* in 16 files, up to date$/m);
        assert.deepEqual(forecastRuns(output), []);
    });

    it("nor does a check, which sees law, S3 and this machine, and finds nothing in the way", async () => {
        const output = await preview(0, "check");
        for (const seen of [/✔ endpoint +.* at http:/, /✔ bucket/, /✔ law +.*law \d/, /✔ disk space/]) {
            assert.match(output, seen);
        }
        assert.match(output, /^Nothing is in the way/m);
    });

    it("of one with an edit, of which forecast and plan say the same", async () => {
        laboratory.editFile("base.cfg", /^highpass = 32$/m, "highpass = 30");
        const output = await preview();
        const stages = stagesWith("update", output);
        assert.deepEqual([stages.length, stages], [6, forecastRuns(output)]);
        assert.match(output, /^Time: +about \d+s by earlier runs, without uploads$/m);
    });
});

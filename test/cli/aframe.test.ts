// bin/aframe as it is run, with the embedded engine and a small program.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import type { Plan } from "../../cli/engine/plan.ts";
import { TestCheckout } from "./checkout.ts";
import { assertForm } from "./jsonSchemas.ts";

const checkout = new TestCheckout();
const directory = checkout.path("exp");
after(() => {
    checkout.remove();
});
const { gate } = await checkout.makeSmallExperiment("exp");

const engineLine = "engine: embedded (no pulumi on PATH or in PULUMI_HOME/bin)";

/** The output without what differs from run to run. */
function steady(text: string): string[] {
    return text
        .replaceAll(/\d+\.\d s/g, "N s")
        .split("\n")
        .filter((line) => line !== "");
}

interface PreviewAnswer {
    readonly plan?: Plan;
    readonly forecast: { readonly stages: readonly { readonly name: string }[] };
}

describe("aframe without a terminal", () => {
    it("runs an experiment by its run.sh, copying what that exports first", () => {
        writeFileSync(gate, "");
        const script = path.join(directory, "run.sh");
        writeFileSync(
            script,
            readFileSync(script, "utf8").replace("--workers 5", "--workers 6").replace("/tmp/\n", "/tmp2/\n"),
        );
        const { status, stdout, stderr } = spawnSync("bash", [script], {
            encoding: "utf8",
            env: checkout.environment,
            input: "",
        });
        assert.match(stderr, /^note: made a passphrase .*\n$/);
        assert.deepEqual(steady(stdout), [
            engineLine,
            `aframe:environment.AFRAME_TMPDIR: ${directory}/tmp/ -> ${directory}/tmp2/`,
            "aframe:workers: 5 -> 6",
            "+ pulumi:pulumi:Stack aframe-exp created",
            "+ aframe:Experiment exp created",
            "+ aframe:Echo FetchTrain creating",
            "+ aframe:Echo FetchTrain created (N s)",
            "+ aframe:Gate TrainLocal creating",
            "+ aframe:Gate TrainLocal created (N s)",
            "Outputs:",
            "    key: [secret]",
            "    model: s3://bucket/model.pt",
            "Resources:",
            "    + 4 created",
            "Duration: N s",
        ]);
        assert.equal(status, 0);
        assert.match(readFileSync(checkout.stackFile("exp"), "utf8"), /# for the program of this test\n/);
    });

    it("does nothing and changes no file when there is nothing to do", async () => {
        const text = readFileSync(checkout.stackFile("exp"), "utf8");
        const { code, stdout } = await checkout.run("aframe", ["up"]);
        assert.equal(code, 0);
        assert.deepEqual(steady(stdout).slice(-3), ["Resources:", "      4 unchanged", "Duration: N s"]);
        assert.ok(!/creating|updating/.test(stdout));
        assert.equal(readFileSync(checkout.stackFile("exp"), "utf8"), text);
    });

    it("goes on to its end when nobody reads what it says", () => {
        const command = `set -o pipefail; ${path.join(checkout.checkout, "bin/aframe")} destroy --yes | true`;
        const { status, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8", env: checkout.environment });
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
        const again = spawnSync("bash", ["-c", command.replace("destroy", "up")], { env: checkout.environment });
        assert.equal(again.status, 0);
    });

    it("prints outputs, one of them, and a secret only when asked to", async () => {
        const run = async (...args: string[]) => (await checkout.run("aframe", ["output", ...args])).stdout;
        assert.equal(await run(), "key: [secret]\nmodel: s3://bucket/model.pt\n");
        assert.equal(await run("model"), "s3://bucket/model.pt\n");
        assert.deepEqual(JSON.parse(await run("--json")), { key: "[secret]", model: "s3://bucket/model.pt" });
        assert.equal(await run("key", "--show-secrets"), "canary\n");
        const unknown = await checkout.run("aframe", ["output", "modle"]);
        assert.equal(unknown.code, 2);
        assert.match(unknown.stderr, /error: exp has no output "modle" \(did you mean model\?\)\n$/);
    });

    it("tells in a preview what would change, and keeps the state", async () => {
        const file = checkout.stackFile("exp");
        writeFileSync(file, readFileSync(file, "utf8").replace("aframe:workers: 6", "aframe:workers: 7"));
        const state = readFileSync(path.join(checkout.checkout, ".pulumi/stacks/aframe/exp.json"), "utf8");
        const names = await checkout.run("aframe", ["preview"]);
        assert.ok(names.stdout.includes("~ aframe:Echo FetchTrain update [workers]\n"), names.stdout);
        const values = await checkout.run("aframe", ["preview", "--diff"]);
        assert.ok(
            values.stdout.includes('~ aframe:Echo FetchTrain update\n    ~ workers: "6" => "7"\n'),
            values.stdout,
        );
        assert.equal(readFileSync(path.join(checkout.checkout, ".pulumi/stacks/aframe/exp.json"), "utf8"), state);
    });

    it("gives a preview as JSON, with what the program says on standard error", async () => {
        const { code, stdout, stderr } = await checkout.run("aframe", ["preview", "--json"]);
        assert.equal(code, 0, stderr);
        const { plan, forecast } = assertForm("preview", stdout) as PreviewAnswer;
        assert.deepEqual([plan?.outcome, plan?.counts.update, plan?.errors], ["succeeded", 1, []]);
        const echo = plan?.changes.find(({ name }) => name === "FetchTrain");
        assert.equal(echo?.operation, "update");
        const workers = { path: "workers", kind: "update", replaces: false, before: "6", after: "7" };
        assert.deepEqual(echo.properties, [workers]);
        assert.ok(forecast.stages.some(({ name }) => name === "FetchTrain"));
        assert.doesNotMatch(stdout, /canary/);
    });

    it("says all that is wrong with the configuration before it runs anything, with exit code 2", async () => {
        const cfg = path.join(directory, "sandbox.cfg");
        const text = readFileSync(cfg, "utf8");
        writeFileSync(
            cfg,
            text.replace("request_gpus = 8", "request_gpus = many").replace("spacing = 16", "spacing = wide"),
        );
        const lineOf = (part: string) =>
            readFileSync(cfg, "utf8")
                .split("\n")
                .findIndex((line) => line.includes(part)) + 1;
        for (const command of ["up", "preview", "config show"]) {
            const { code, stderr } = await checkout.run("aframe", command.split(" "));
            assert.equal(code, 2);
            const lines = stderr.trimEnd().split("\n");
            assert.equal(lines.length, 2, stderr);
            assert.ok(
                lines.some((line) =>
                    line.startsWith(`error: sandbox.cfg:${lineOf("many")}: [luigi_Train] request_gpus: `),
                ),
                stderr,
            );
            assert.ok(
                lines.some((line) =>
                    line.startsWith(`error: sandbox.cfg:${lineOf("wide")}: [luigi_TestingWaveforms] spacing: `),
                ),
                stderr,
            );
        }
        writeFileSync(cfg, text);
    });

    it("keeps the stack's file as it is when what run.sh exports is wrong", async () => {
        const text = readFileSync(checkout.stackFile("exp"), "utf8");
        const { code, stderr } = await checkout.run("aframe", ["up"], {
            AFRAME_TRAIN_RUN_DIR: "s3://bucket/x/training",
        });
        assert.equal(code, 2);
        assert.match(stderr, /^error: /);
        assert.equal(readFileSync(checkout.stackFile("exp"), "utf8"), text);
    });

    it("fails with exit code 1 and the cause when a step fails, and goes on from there the next time", async () => {
        await checkout.run("aframe", ["destroy", "--yes"]);
        writeFileSync(gate, "exit code 3\nlast words");
        const first = await checkout.run("aframe", ["up"]);
        assert.equal(first.code, 1);
        const shown =
            "+ aframe:Gate TrainLocal creating failed (N s)\nerror: aframe:Gate TrainLocal: exit code 3\n    last words\n";
        assert.ok(`${steady(first.stdout).join("\n")}\n`.includes(shown), first.stdout);
        writeFileSync(gate, "");
        const second = await checkout.run("aframe", ["up"]);
        assert.equal(second.code, 0);
        assert.ok(second.stdout.includes("+ aframe:Gate TrainLocal created"), second.stdout);
        assert.ok(!second.stdout.includes("FetchTrain creat"), second.stdout);
    });
});

describe("aframe config show", () => {
    it("prints every value with the line it comes from, and no secret", async () => {
        const cfg = path.join(directory, "sandbox.cfg");
        const text = readFileSync(cfg, "utf8");
        writeFileSync(cfg, text.replace(/# (aws_\w+) =/g, "$1 = canary"));
        const { code, stdout } = await checkout.run("aframe", ["config", "show"]);
        const json = await checkout.run("aframe", ["config", "show", "--json"]);
        writeFileSync(cfg, text);
        assert.equal(code, 0);
        const line = text.split("\n").findIndex((one) => one.startsWith("request_gpus")) + 1;
        assert.match(stdout, /^Section +Key +Value +From\n/);
        assert.match(stdout, new RegExp(`^luigi_Train +request_gpus +8 +sandbox\\.cfg:${line}$`, "m"));
        assert.match(stdout, /^luigi_Train +seed +1122 +base\.cfg:\d+ \(through luigi_base::seed\)$/m);
        assert.match(stdout, /^luigi_s3 +aws_access_key_id +\[secret\] +sandbox\.cfg:\d+$/m);
        assert.ok(!stdout.includes("canary") && !json.stdout.includes("canary"));
        const { stack, values } = JSON.parse(json.stdout) as { stack: string; values: Record<string, unknown>[] };
        assert.equal(stack, "exp");
        assert.deepEqual(
            values.find(({ key }) => key === "request_gpus"),
            {
                section: "luigi_Train",
                key: "request_gpus",
                value: "8",
                origin: { kind: "file", file: "sandbox.cfg", line },
                via: [],
                secret: false,
            },
        );
    });

    it("tells doubtful things apart on stderr", async () => {
        const cfg = path.join(directory, "sandbox.cfg");
        const text = readFileSync(cfg, "utf8");
        writeFileSync(cfg, text.replace("request_gpus =", "request_gpu ="));
        const { code, stderr } = await checkout.run("aframe", ["config", "show", "--json"]);
        assert.equal(code, 0);
        assert.match(stderr, /^warning: sandbox\.cfg:\d+: \[luigi_Train\] request_gpu: .*did you mean request_gpus\?/m);
        writeFileSync(cfg, text);
    });
});

describe("finding the command and the experiment", () => {
    const lastLine = async (args: string[], environment: Record<string, string> = {}) => {
        const { code, stderr } = await checkout.run("aframe", args, environment);
        return { code, line: stderr.trimEnd().split("\n").at(-1) };
    };

    it("tells about itself, and each command about itself", async () => {
        const overview = await checkout.run("aframe", ["--help"]);
        assert.equal(overview.code, 0);
        for (const name of ["up", "preview", "refresh", "destroy", "output", "cancel", "config show"]) {
            assert.match(overview.stdout, new RegExp(`^ {2}${name} {2,}\\S`, "m"));
        }
        for (const name of ["up", "config show"]) {
            const { code, stdout } = await checkout.run("aframe", [...name.split(" "), "--help"]);
            assert.equal(code, 0);
            assert.match(stdout, new RegExp(`^aframe ${name}: .*\n\nUsage: aframe ${name} `));
            assert.equal((await checkout.run("aframe", ["help", ...name.split(" ")])).stdout, stdout);
        }
    });

    it("refuses what it does not know", async () => {
        assert.deepEqual(await lastLine([]), { code: 2, line: "error: which command? See aframe help" });
        assert.deepEqual(await lastLine(["upp"]), {
            code: 2,
            line: 'error: there is no command "upp" (did you mean up?)',
        });
        assert.deepEqual(await lastLine(["config", "shwo"]), {
            code: 2,
            line: 'error: there is no command "config shwo" (did you mean config show?)',
        });
        assert.deepEqual(await lastLine(["up", "--worker", "3"]), {
            code: 2,
            line: "error: unknown option --worker (did you mean --workers?)",
        });
    });

    it("takes the stack that is named, and asks which when there are several", async () => {
        const unknown = { code: 2, line: 'error: --stack names "exo", which does not exist (did you mean exp?)' };
        assert.deepEqual(await lastLine(["preview", "--stack", "exo"]), unknown);
        await checkout.run("aframe-init", ["offline", "-d", checkout.path("second")]);
        assert.deepEqual(await lastLine(["preview"]), {
            code: 2,
            line: "error: which experiment? Give --stack NAME or set AFRAME_STACK; there are exp, second",
        });
        const shown = await checkout.run("aframe", ["config", "show", "--json"], { AFRAME_STACK: "second" });
        assert.equal((JSON.parse(shown.stdout) as { stack: string }).stack, "second");
        rmSync(checkout.stackFile("second"));
    });
});

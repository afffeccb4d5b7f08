// Choosing an engine, and handing an operation to the Pulumi CLI: with a stand-in that tells what it was given.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import type { Plan } from "../../../cli/engine/plan.ts";
import { TestCheckout } from "../checkout.ts";
import { assertForm } from "../jsonSchemas.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
const log = checkout.path("calls");
const bin = checkout.path("bin");

/** A `pulumi` that answers like the CLI, writes its calls but for looks at the state to a file and ends operations with exit code 7. */
function installPulumi(version: string, folder = bin, stacks: readonly string[] = []): Record<string, string> {
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, "pulumi");
    writeFileSync(
        file,
        `#!/bin/bash
if [ "$1" = version ]; then echo "${version}"; exit; fi
if [ "$1 $2 $3" = "stack export --stack" ]; then echo '{"version":3,"deployment":{}}'; exit; fi
printf '%s\\n' "$*" >> ${log}
if [ "$1 $2" = "stack ls" ]; then echo '${JSON.stringify(stacks.map((name) => ({ name })))}'; exit; fi
if [ "$1 $2" = "stack init" ]; then exit; fi
echo "backend=\${PULUMI_BACKEND_URL:-} passphrase=\${PULUMI_CONFIG_PASSPHRASE_FILE:-} node=$(command -v node)"
exit 7
`,
    );
    chmodSync(file, 0o755);
    return { PATH: `${folder}:${process.env.PATH ?? ""}` };
}

const calls = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);

await checkout.makeExperiment("exp");
const cwd = `--stack exp --cwd ${checkout.checkout}`;

beforeEach(() => {
    rmSync(log, { force: true });
    rmSync(bin, { recursive: true, force: true });
});

describe("the Pulumi CLI", () => {
    it("runs the operation when it is new enough, after making the stack, and its exit code is passed on", async () => {
        const environment = installPulumi("v3.200.0");
        const { code, stdout } = await checkout.run("aframe", ["up"], environment);
        assert.equal(code, 7);
        assert.equal(stdout.split("\n")[0], `engine: pulumi 3.200.0 (${bin}/pulumi)`);
        assert.deepEqual(calls(), [
            `stack ls --json --cwd ${checkout.checkout}`,
            `stack init exp --no-select --cwd ${checkout.checkout}`,
            `up --yes ${cwd}`,
        ]);
    });

    it("sets a secret itself, as its backend may not use a passphrase", async () => {
        const environment = installPulumi("v3.200.0", bin, ["exp"]);
        const { code } = await checkout.run("aframe", ["config", "set", "--secret", "wandbApiKey"], environment);
        assert.equal(code, 7);
        assert.equal(calls().at(-1), `config set --secret aframe:wandbApiKey ${cwd}`);
    });

    it("is given this checkout's Node and the passphrase file", async () => {
        const { stdout } = await checkout.run("aframe", ["preview", "--diff"], installPulumi("v3.260.1", bin, ["exp"]));
        const passphrase = path.join(checkout.home, ".config/aframe/passphrase");
        assert.equal(
            stdout.split("\n")[1],
            `backend= passphrase=${passphrase} node=${checkout.checkout}/node_modules/.bin/node`,
        );
        assert.deepEqual(calls().slice(1), [`preview --diff ${cwd}`]);
    });

    it("finds the state that the embedded engine has left in the checkout", async () => {
        const state = path.join(checkout.checkout, ".pulumi/stacks/aframe/exp.json");
        mkdirSync(path.dirname(state), { recursive: true });
        writeFileSync(state, "{}");
        const environment = installPulumi("v3.260.1", bin, ["organization/aframe/exp"]);
        const own = await checkout.run("aframe", ["refresh"], environment);
        assert.match(own.stdout, new RegExp(`backend=file://${checkout.checkout} `));
        const given = await checkout.run("aframe", ["refresh"], {
            ...environment,
            PULUMI_BACKEND_URL: "file:///other",
        });
        assert.match(given.stdout, /backend=file:\/\/\/other /);
        rmSync(path.join(checkout.checkout, ".pulumi"), { recursive: true });
        assert.deepEqual(calls(), [`refresh --yes ${cwd}`, `refresh --yes ${cwd}`]);
    });

    it("is given --yes for destroy only when the user gives it", async () => {
        const environment = installPulumi("v3.260.1");
        const refused = await checkout.run("aframe", ["destroy"], environment);
        assert.equal(refused.code, 2);
        assert.equal(refused.stderr, "error: destroy asks first, and there is no terminal to ask on; give --yes\n");
        assert.deepEqual(calls(), []);
        await checkout.run("aframe", ["destroy", "--yes"], environment);
        assert.deepEqual(calls(), [`destroy --yes ${cwd}`]);
    });

    it("prints outputs alone on stdout", async () => {
        const environment = installPulumi("v3.260.1");
        const { stdout, stderr } = await checkout.run("aframe", ["output", "model", "--json"], environment);
        assert.match(stdout, /^backend=.*\n$/);
        assert.equal(stderr, `engine: pulumi 3.260.1 (${bin}/pulumi)\n`);
        assert.deepEqual(calls(), [`stack output model --json ${cwd}`]);
    });

    it("is given what an operation is about, a mere name as the pattern that Pulumi knows", async () => {
        const environment = installPulumi("v3.260.1", bin, ["exp"]);
        const scope = ["-t", "FetchTrain", "--target=**::Train*", "--target-dependents", "--parallel", "3"];
        await checkout.run("aframe", ["preview", ...scope, "--replace", "urn:a::b"], environment);
        const given = "--target **::FetchTrain --target **::Train* --target-dependents --replace urn:a::b --parallel 3";
        assert.equal(calls().at(-1), `preview ${given} ${cwd}`);
        await checkout.run("aframe", ["destroy", "--yes", "-x", "Train", "--exclude-dependents"], environment);
        assert.equal(calls().at(-1), `destroy --yes --exclude **::Train --exclude-dependents ${cwd}`);
    });

    it("gives its preview as JSON in our own form, and nothing else on standard output", async () => {
        const environment = installPulumi("v3.260.1");
        const { code, stdout } = await checkout.run("aframe", ["preview", "--json", "-t", "Train"], environment);
        const { plan } = assertForm("preview", stdout) as { plan?: Plan };
        assert.deepEqual([code, plan?.outcome, plan?.changes], [1, "failed", []]);
        assert.deepEqual(calls().slice(1), [
            `stack init exp --no-select --cwd ${checkout.checkout}`,
            `preview --json --target **::Train ${cwd}`,
        ]);
    });

    it("exports and imports the state itself", async () => {
        const environment = installPulumi("v3.260.1", bin, ["exp"]);
        const exported = await checkout.run(
            "aframe",
            ["export", "--show-secrets", "--file", "state.json"],
            environment,
        );
        assert.deepEqual([exported.code, exported.stderr], [7, `engine: pulumi 3.260.1 (${bin}/pulumi)\n`]);
        await checkout.run("aframe", ["import", "--force", "--file", "state.json"], environment);
        await checkout.run("aframe", ["import"], environment);
        const file = checkout.path("state.json");
        assert.deepEqual(
            calls().filter((call) => !call.startsWith("stack ls")),
            [
                `stack export --file ${file} --show-secrets ${cwd}`,
                `stack import --file ${file} --force ${cwd}`,
                `stack import ${cwd}`,
            ],
        );
    });

    it("is found in PULUMI_HOME/bin, and in ~/.pulumi/bin", async () => {
        installPulumi("v3.260.1", checkout.path("pulumi-home/bin"));
        const named = await checkout.run("aframe", ["cancel", "--yes"], { PULUMI_HOME: checkout.path("pulumi-home") });
        assert.match(named.stdout, /^engine: pulumi 3\.260\.1 \(.*\/pulumi-home\/bin\/pulumi\)/);
        installPulumi("v3.260.1", path.join(checkout.home, ".pulumi/bin"));
        const usual = await checkout.run("aframe", ["cancel", "--yes"]);
        assert.match(usual.stdout, /^engine: pulumi 3\.260\.1 \(.*\/home\/\.pulumi\/bin\/pulumi\)/);
        rmSync(path.join(checkout.home, ".pulumi"), { recursive: true });
    });
});

describe("the embedded engine", () => {
    const firstLine = async (args: string[], environment: Record<string, string>) => {
        const { stdout } = await checkout.run("aframe", ["cancel", "--yes", ...args], environment);
        return stdout.split("\n")[0];
    };

    it("runs when there is no Pulumi CLI, when it is too old, and when it tells no version, and says why", async () => {
        assert.equal(await firstLine([], {}), "engine: embedded (no pulumi on PATH or in PULUMI_HOME/bin)");
        for (const version of ["v3.199.9", "v2.250.0"]) {
            const reason = `${bin}/pulumi ${version.slice(1)} is too old; needed: 3.200.0 or newer`;
            assert.equal(await firstLine([], installPulumi(version)), `engine: embedded (${reason})`);
        }
        const reason = `${bin}/pulumi tells no version; needed: 3.200.0 or newer`;
        assert.equal(await firstLine([], installPulumi("hello")), `engine: embedded (${reason})`);
    });

    it("runs when it is asked for", async () => {
        assert.equal(
            await firstLine(["--engine", "embedded"], installPulumi("v3.260.0")),
            "engine: embedded (--engine embedded)",
        );
    });

    it("does not run in the place of a Pulumi CLI that is asked for", async () => {
        const none = await checkout.run("aframe", ["up", "--engine", "pulumi"]);
        assert.equal(none.code, 2);
        assert.equal(none.stderr, "error: --engine pulumi: no pulumi on PATH or in PULUMI_HOME/bin\n");
        const old = await checkout.run("aframe", ["up", "--engine", "pulumi"], installPulumi("v3.100.0"));
        assert.equal(
            old.stderr,
            `error: --engine pulumi: ${bin}/pulumi 3.100.0 is too old; needed: 3.200.0 or newer\n`,
        );
    });

    it("refuses a backend that it cannot write, instead of starting anew elsewhere", async () => {
        const { code, stderr } = await checkout.run("aframe", ["up"], { PULUMI_BACKEND_URL: "s3://states" });
        assert.equal(code, 2);
        assert.equal(
            stderr,
            "error: PULUMI_BACKEND_URL is s3://states, but the embedded engine keeps state in files only; " +
                "set it to file://DIRECTORY, unset it, or install pulumi\n",
        );
    });
});

describe("what an operation is about", () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
        [["--target", "a", "--exclude", "b"], "give either --target or --exclude"],
        [["--target-dependents"], "--target-dependents goes with --target"],
        [["--exclude-dependents", "--target", "a"], "--exclude-dependents goes with --exclude"],
        [["--target", ""], "a resource is named by its URN, by a pattern or by its name, not by nothing"],
        [["--parallel", "none"], '--parallel is "none"; allowed: a whole number from 1'],
        [["--parallel=0"], '--parallel is "0"; allowed: a whole number from 1'],
    ];
    for (const [args, message] of wrong) {
        it(`is refused when it makes no sense: ${args.join(" ")}`, async () => {
            const { code, stderr } = await checkout.run("aframe", ["destroy", "--yes", ...args]);
            assert.deepEqual([code, stderr], [2, `error: ${message}\n`]);
        });
    }
});

describe("the passphrase", () => {
    const file = path.join(checkout.home, ".config/aframe/passphrase");
    const preview = (environment: Record<string, string>) =>
        checkout.run("aframe", ["preview"], { ...installPulumi("v3.260.0", bin, ["exp"]), ...environment });

    it("is made once, for the user alone, and told of once", async () => {
        rmSync(path.join(checkout.home, ".config"), { recursive: true, force: true });
        const first = await preview({});
        assert.equal(
            first.stderr,
            `note: made a passphrase for the secrets of your stacks: ${file}; keep a copy of it\n`,
        );
        assert.equal(statSync(file).mode & 0o777, 0o600);
        const text = readFileSync(file, "utf8");
        assert.match(text, /^[\w-]{43}\n$/);
        const second = await preview({});
        assert.equal(second.stderr, "");
        assert.equal(readFileSync(file, "utf8"), text);
    });

    it("is the user's own where one is set, even an empty one", async () => {
        rmSync(path.join(checkout.home, ".config"), { recursive: true, force: true });
        const { stdout } = await preview({ PULUMI_CONFIG_PASSPHRASE: "" });
        assert.match(stdout, /passphrase= /);
        writeFileSync(checkout.path("mine"), "words");
        const named = await preview({ PULUMI_CONFIG_PASSPHRASE_FILE: "mine" });
        assert.match(named.stdout, new RegExp(`passphrase=${checkout.path("mine")} `));
        assert.ok(!existsSync(file));
    });

    it("is not made anew for a stack whose secrets have one, nor when the named file is missing", async () => {
        rmSync(path.join(checkout.home, ".config"), { recursive: true, force: true });
        const missing = await preview({ PULUMI_CONFIG_PASSPHRASE_FILE: "/none" });
        assert.equal(missing.stderr, "error: PULUMI_CONFIG_PASSPHRASE_FILE is /none, which does not exist\n");
        const stackFile = checkout.stackFile("exp");
        const text = readFileSync(stackFile, "utf8");
        writeFileSync(stackFile, `${text}encryptionsalt: v1:a:v1:b:c\n`);
        const { code, stderr } = await preview({});
        writeFileSync(stackFile, text);
        assert.equal(code, 2);
        assert.equal(
            stderr,
            `error: ${stackFile} holds secrets of a passphrase that is not here; ` +
                `set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or put it into ${file}\n`,
        );
        assert.ok(!existsSync(file));
    });
});

// aframe-init as it is run: bin/aframe-init in a checkout of its own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { parse } from "yaml";
import { parseStackSettings, stackConfigKeys } from "../../../config/stack.ts";
import { TestCheckout } from "../checkout.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});

const files = ["base.cfg", "export.yaml", "run.sh", "sandbox.cfg", "train.yaml"];

function init(...args: string[]) {
    return checkout.run("aframe-init", ["offline", ...args]);
}

function stackConfig(name: string): Record<string, unknown> {
    const { config } = parse(readFileSync(checkout.stackFile(name), "utf8")) as { config: Record<string, unknown> };
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("aframe:", ""), value]));
}

describe("aframe-init offline", () => {
    it("makes the five files, an executable run.sh and a stack of the directory's name", async () => {
        const directory = checkout.path("first", "my-run");
        const { code, stdout, stderr } = await init("--mode", "sandbox", "--directory", directory);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
        assert.match(stdout, new RegExp(`^Made experiment my-run in ${directory}\n`));
        assert.deepEqual(readdirSync(directory), files);
        assert.equal(statSync(path.join(directory, "run.sh")).mode & 0o111, 0o111);
        assert.deepEqual(parseStackSettings("my-run", stackConfig("my-run"), "").environment, {
            AFRAME_TRAIN_DATA_DIR: `${directory}/data/train`,
            AFRAME_TEST_DATA_DIR: `${directory}/data/test`,
            AFRAME_TRAIN_RUN_DIR: `${directory}/training`,
            AFRAME_CONDOR_DIR: `${directory}/condor`,
            AFRAME_RESULTS_DIR: `${directory}/results`,
            AFRAME_TMPDIR: `${directory}/tmp/`,
        });
    });

    it("puts training data and run dir on S3 when a bucket is given, and nothing else", async () => {
        const directory = checkout.path("remote");
        await init("-d", directory, "--s3-bucket", "s3://my-bucket//some/prefix/");
        const script = readFileSync(path.join(directory, "run.sh"), "utf8");
        assert.deepEqual(
            script.split("\n").filter((line) => line.startsWith("export ")),
            [
                "export AFRAME_TRAIN_DATA_DIR=s3://my-bucket/some/prefix/data/train",
                `export AFRAME_TEST_DATA_DIR=${directory}/data/test`,
                "export AFRAME_TRAIN_RUN_DIR=s3://my-bucket/some/prefix/training",
                `export AFRAME_CONDOR_DIR=${directory}/condor`,
                `export AFRAME_RESULTS_DIR=${directory}/results`,
                `export AFRAME_TMPDIR=${directory}/tmp/`,
            ],
        );
        assert.match(script, /^#!\/bin\/bash\nset -euo pipefail\n/);
        assert.equal(
            script.trimEnd().split("\n").at(-1),
            `LAW_CONFIG_FILE=${directory}/sandbox.cfg ${checkout.checkout}/bin/aframe up --stack remote --workers 5 --gpus 0`,
        );
    });

    it("shows every key of a stack, with what it means", async () => {
        await init("-d", checkout.path("keys"));
        const text = readFileSync(checkout.stackFile("keys"), "utf8");
        for (const key of stackConfigKeys) {
            assert.ok(text.includes(key.name), key.name);
            if (!("secret" in key)) assert.ok(text.includes(`  # ${key.meaning}\n`), key.meaning);
        }
    });

    it("makes a stack name from any directory name that has a letter or digit", async () => {
        const { code } = await init("-d", checkout.path("  Über Größe's $HOME! "));
        assert.equal(code, 0);
        assert.ok(checkout.stacks.includes("Pulumi.Uber-Gro-e-s-HOME.yaml"), checkout.stacks.join());
    });

    it("expands a ~ that the shell has left", async () => {
        await init("--directory=~/in-home");
        assert.deepEqual(readdirSync(path.join(checkout.home, "in-home")), files);
    });

    it("keeps the variables that the cfg falls back on, and an Aframe checkout", async () => {
        const repository = checkout.path("aframe checkout");
        mkdirSync(path.join(repository, "aframe"), { recursive: true });
        writeFileSync(path.join(repository, "pyproject.toml"), "");
        const environment = {
            AFRAME_REPO: repository,
            AWS_ENDPOINT_URL: "https://s3.example",
            AWS_ACCESS_KEY_ID: "canary",
        };
        await checkout.run("aframe-init", ["offline", "-d", checkout.path("from-env")], environment);
        const { AFRAME_REPO, AWS_ENDPOINT_URL } = parseStackSettings("x", stackConfig("from-env"), "").environment;
        assert.deepEqual(
            { AFRAME_REPO, AWS_ENDPOINT_URL },
            { AFRAME_REPO: repository, AWS_ENDPOINT_URL: "https://s3.example" },
        );
        assert.ok(!readFileSync(checkout.stackFile("from-env"), "utf8").includes("canary"));
    });

    it("leaves out an AFRAME_REPO that is no Aframe checkout, and says so", async () => {
        const args = ["offline", "-d", checkout.path("no-repo")];
        const { code, stderr } = await checkout.run("aframe-init", args, { AFRAME_REPO: "/tmp" });
        assert.equal(code, 0);
        assert.equal(stderr, "note: AFRAME_REPO is /tmp, which is no Aframe checkout; it is left out\n");
        assert.ok(!readFileSync(checkout.stackFile("no-repo"), "utf8").includes("AFRAME_REPO"));
    });
});

describe("the cluster of a new stack", () => {
    const kubeconfig = (text: string): Record<string, string> => {
        const file = checkout.path("kubeconfig");
        writeFileSync(file, text);
        return { KUBECONFIG: file };
    };
    const contexts = `apiVersion: v1
kind: Config
current-context: nautilus
contexts:
- {name: other, context: {cluster: c, user: u, namespace: wrong}}
- {name: nautilus, context: {cluster: c, user: u, namespace: my-group}}
- {name: bare, context: {cluster: c, user: u}}
clusters: [{name: c, cluster: {server: "https://example"}}]
users: [{name: u, user: {token: canary}}]
`;
    let number = 0;
    const remote = async (environment: Record<string, string>) => {
        const name = `cluster-${++number}`;
        const args = ["offline", "-d", checkout.path(name), "--s3-bucket", "s3://bucket/x"];
        const result = await checkout.run("aframe-init", args, environment);
        return { ...result, text: readFileSync(checkout.stackFile(name), "utf8"), config: stackConfig(name) };
    };

    it("is the current context of the kubeconfig, without its credentials", async () => {
        const { config, text } = await remote(kubeconfig(contexts));
        assert.deepEqual(config.kubernetes, { context: "nautilus", namespace: "my-group" });
        assert.ok(!text.includes("canary"));
    });

    it("has kubectl's namespace when the context names none", async () => {
        const { config } = await remote(
            kubeconfig(contexts.replace("current-context: nautilus", "current-context: bare")),
        );
        assert.deepEqual(config.kubernetes, { context: "bare", namespace: "default" });
    });

    it("is left as a hint without a kubeconfig", async () => {
        const { code, config, text, stdout } = await remote({});
        assert.equal(code, 0);
        assert.equal(config.kubernetes, undefined);
        assert.match(
            text,
            /# not filled in: there is no kubeconfig \(.*\/\.kube\/config\)\n {2}# aframe:kubernetes:\n/,
        );
        assert.match(stdout, /to do {5}set aframe:kubernetes in the stack file/);
    });

    it("is left as a hint when the kubeconfig is broken, in a stack file that can be read", async () => {
        for (const text of ["contexts: [", "just text", "current-context: gone", ""]) {
            const { code, config } = await remote(kubeconfig(text));
            assert.equal(code, 0, text);
            assert.equal(config.kubernetes, undefined, text);
        }
    });

    it("is not asked for when training is local", async () => {
        const args = ["offline", "-d", checkout.path("local-cluster")];
        await checkout.run("aframe-init", args, kubeconfig(contexts));
        assert.equal(stackConfig("local-cluster").kubernetes, undefined);
    });
});

describe("wrong input", () => {
    const taken = checkout.path("taken");
    const weights = checkout.path("weights");
    before(async () => {
        await init("-d", taken);
        mkdirSync(path.join(weights, "empty"), { recursive: true });
        writeFileSync(checkout.path("a-file"), "");
        writeFileSync(path.join(weights, "model.pt"), "weights");
    });
    const target = checkout.path("not-made", "deep");
    const bucketRule = "(s3://bucket/prefix)";

    const cases: [string, string[], string][] = [
        ["no pipeline", [], "offline is missing; see aframe-init --help"],
        ["online", ["online", "-d", target], '"online" is not supported; allowed: offline'],
        ["no directory", ["offline"], "--directory is missing: the experiment directory to make"],
        ["an empty directory", ["offline", "-d", ""], "--directory is empty"],
        [
            "a line break",
            ["offline", "-d", `${target}\nx`],
            `--directory holds a control character, which no cfg can: ${JSON.stringify(`${target}\nx`)}`,
        ],
        [
            "mode tune",
            ["offline", "--mode", "tune", "-d", target],
            "--mode tune is not supported yet; allowed: sandbox",
        ],
        [
            "mode review",
            ["offline", "--mode", "review", "-d", target],
            "--mode review is not supported yet; allowed: sandbox",
        ],
        [
            "another mode",
            ["offline", "--mode", "Sandbox", "-d", target],
            "--mode Sandbox is not supported yet; allowed: sandbox",
        ],
        ["a slip", ["offline", "--dirctory", target], "unknown option --dirctory (did you mean --directory?)"],
        [
            "no value",
            ["offline", "-d", target, "--s3-bucket"],
            "--s3-bucket needs a value: --s3-bucket s3://BUCKET/PREFIX",
        ],
        ["a flag for a value", ["offline", "-d", "--force"], "--directory needs a value: --directory D"],
        ["twice", ["offline", "-d", target, "-d", target], "--directory is given twice"],
        ["one more", ["offline", "-d", target, "extra"], 'unexpected argument "extra"; see aframe-init --help'],
        [
            "no s3://",
            ["offline", "-d", target, "--s3-bucket", "bucket/x"],
            `--s3-bucket: "bucket/x" is not an S3 address ${bucketRule}`,
        ],
        [
            "an empty bucket",
            ["offline", "-d", target, "--s3-bucket", ""],
            `--s3-bucket: "" is not an S3 address ${bucketRule}`,
        ],
        [
            "s3:// alone",
            ["offline", "-d", target, "--s3-bucket", "s3://"],
            `--s3-bucket: "s3://" has no bucket ${bucketRule}`,
        ],
        [
            "uppercase",
            ["offline", "-d", target, "--s3-bucket", "s3://Bad/x"],
            '--s3-bucket: "s3://Bad/x": bucket name "Bad" has uppercase letters (bucket names are lowercase)',
        ],
        [
            "an illegal name",
            ["offline", "-d", target, "--s3-bucket", "s3://a_b/x"],
            '--s3-bucket: "s3://a_b/x": bucket name "a_b" holds "_" (lowercase letters, digits, - and .)',
        ],
        [
            "dots",
            ["offline", "-d", target, "--s3-bucket", "s3://good/../x"],
            '--s3-bucket: "s3://good/../x" holds ".." as a part of the prefix',
        ],
        ["a bad stack name", ["offline", "-d", target, "--stack", "-a b"], "--stack needs a value: --stack NAME"],
        [
            "a stack name with a slash",
            ["offline", "-d", target, "--stack", "a/b"],
            `--stack is "a/b"; allowed: 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit`,
        ],
        [
            "a long stack name",
            ["offline", "-d", target, "--stack", "x".repeat(101)],
            `--stack is "${"x".repeat(101)}"; allowed: 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit`,
        ],
        [
            "no name to be had",
            ["offline", "-d", checkout.path("日本")],
            'no stack name can be made from "日本"; give --stack NAME',
        ],
        [
            "another's stack",
            ["offline", "-d", target, "--stack", "taken"],
            `stack "taken" exists already, for ${taken} (${checkout.stackFile("taken")}); give another --stack NAME`,
        ],
        [
            "another stack's directory",
            ["offline", "-d", taken, "--stack", "second", "--force"],
            `${taken} belongs to stack "taken" (${checkout.stackFile("taken")}); give --stack taken`,
        ],
        [
            "a file in the way",
            ["offline", "-d", checkout.path("a-file", "x")],
            `--directory: ${checkout.path("a-file")} is not a directory`,
        ],
        [
            "a file instead",
            ["offline", "-d", checkout.path("a-file")],
            `--directory: ${checkout.path("a-file")} is not a directory`,
        ],
        [
            "no weights",
            ["offline", "-d", target, "--weights-dir", checkout.path("nowhere")],
            `--weights-dir: ${checkout.path("nowhere")} is not a directory`,
        ],
        [
            "weights without a model",
            ["offline", "-d", target, "--weights-dir", path.join(weights, "empty")],
            `--weights-dir: ${path.join(weights, "empty")} holds no model.pt`,
        ],
        [
            "weights around the experiment",
            ["offline", "-d", path.join(weights, "exp"), "--weights-dir", weights],
            `--weights-dir: ${weights} holds the experiment directory`,
        ],
    ];
    // Without those of folders that only are linked into the checkout, which Node's own readdir would go into.
    const countEntries = () => execFileSync("find", [checkout.root], { encoding: "utf8" }).split("\n").length;
    for (const [name, args, message] of cases) {
        it(`is refused with one line and leaves nothing behind: ${name}`, async () => {
            const stacksBefore = checkout.stacks;
            const entriesBefore = countEntries();
            const result = await checkout.run("aframe-init", args);
            assert.deepEqual(result, { code: 2, stdout: "", stderr: `error: ${message}\n` });
            assert.deepEqual(checkout.stacks, stacksBefore);
            assert.equal(countEntries(), entriesBefore);
        });
    }

    it("is refused where no file can be made", async () => {
        const { code, stderr } = await init("-d", "/proc/aframe/exp");
        assert.equal(code, 2);
        assert.match(stderr, /^error: (cannot write \/proc\/aframe\/exp: ENOENT|--directory: no permission).*\n$/);
        assert.ok(!checkout.stacks.includes("Pulumi.exp.yaml"));
    });

    it("leaves no directory when the stack's file cannot be made", async () => {
        const other = new TestCheckout();
        rmSync(path.join(other.checkout, "stacks"), { recursive: true });
        writeFileSync(path.join(other.checkout, "stacks"), "");
        const result = await other.run("aframe-init", ["offline", "-d", other.path("a", "b")]);
        assert.notEqual(result.code, 0);
        assert.deepEqual(readdirSync(other.root).sort(), ["checkout", "home"]);
        other.remove();
    });
});

describe("a second run on the same directory", () => {
    const directory = checkout.path("again");
    const run = (...args: string[]) => init("-d", directory, ...args);
    beforeEach(async () => {
        rmSync(directory, { recursive: true, force: true });
        rmSync(checkout.stackFile("again"), { force: true });
        await run();
    });

    it("is refused, tells what differs file by file, and changes nothing", async () => {
        const cfg = path.join(directory, "sandbox.cfg");
        const edited = readFileSync(cfg, "utf8").replace("request_gpus = 8", "request_gpus = 2\n# mine");
        writeFileSync(cfg, edited);
        rmSync(path.join(directory, "train.yaml"));
        const { code, stderr } = await run();
        assert.equal(code, 2);
        assert.equal(
            stderr,
            [
                "  sandbox.cfg               differs: 2 lines only there, 1 line only in a new one",
                "  base.cfg                  same",
                "  train.yaml                missing",
                "  export.yaml               same",
                "  run.sh                    same",
                "  stacks/Pulumi.again.yaml  same",
                `error: ${directory} holds an experiment already; nothing was written. ` +
                    "--force writes its files again and keeps those that differ in a backup folder",
                "",
            ].join("\n"),
        );
        assert.equal(readFileSync(cfg, "utf8"), edited);
        assert.deepEqual(
            readdirSync(directory),
            files.filter((name) => name !== "train.yaml"),
        );
    });

    it("with --force writes what differs and keeps the old files in a backup folder", async () => {
        const cfg = path.join(directory, "sandbox.cfg");
        const original = readFileSync(cfg, "utf8");
        writeFileSync(cfg, "mine");
        mkdirSync(path.join(directory, "results"));
        const { code, stdout } = await run("--force");
        assert.equal(code, 0);
        assert.equal(readFileSync(cfg, "utf8"), original);
        const backup = readdirSync(directory).find((name) => /^backup-\d{8}T\d{6}\.\d{3}Z$/.test(name)) ?? "";
        assert.ok(stdout.includes(`backup    ${path.join(directory, backup)}\n`), stdout);
        assert.equal(readFileSync(path.join(directory, backup, "sandbox.cfg"), "utf8"), "mine");
        assert.ok(!readdirSync(path.join(directory, backup)).includes("base.cfg"));
        assert.deepEqual(readdirSync(directory), [backup, ...files.slice(0, 2), "results", ...files.slice(2)].sort());
    });

    it("with --force keeps secrets, settings and comments of the stack's file", async () => {
        const file = checkout.stackFile("again");
        const mine = `${readFileSync(file, "utf8")}  # my own word\n  aframe:wandbApiKey:\n    secure: v1:abc:def\nencryptionsalt: v1:xyz\n`;
        writeFileSync(file, mine.replace("aframe:workers: 5", "aframe:workers: 9"));
        const { code } = await run("--force", "--s3-bucket", "s3://bucket/x");
        assert.equal(code, 0);
        const text = readFileSync(file, "utf8");
        for (const kept of ["# my own word", "secure: v1:abc:def", "encryptionsalt: v1:xyz", "aframe:workers: 9"]) {
            assert.ok(text.includes(kept), kept);
        }
        assert.ok(text.includes("AFRAME_TRAIN_RUN_DIR: s3://bucket/x/training"));
    });

    it("goes on where only other files are in the directory", async () => {
        const other = checkout.path("other-files");
        mkdirSync(other);
        writeFileSync(path.join(other, "notes.txt"), "mine");
        const { code } = await init("-d", other);
        assert.equal(code, 0);
        assert.deepEqual(readdirSync(other), [...files, "notes.txt"].sort());
    });
});

describe("--weights-dir", () => {
    const weights = checkout.path("trained");
    before(() => {
        mkdirSync(path.join(weights, "logs"), { recursive: true });
        writeFileSync(path.join(weights, "model.pt"), "weights");
        writeFileSync(path.join(weights, "logs", "metrics.csv"), "loss");
    });

    it("copies the weights to training, and has them taken for the trained model", async () => {
        const directory = checkout.path("with-weights");
        await init("-d", directory, "--weights-dir", weights);
        assert.equal(readFileSync(path.join(directory, "training", "model.pt"), "utf8"), "weights");
        assert.equal(readFileSync(path.join(directory, "training", "logs", "metrics.csv"), "utf8"), "loss");
        assert.equal(stackConfig("with-weights").adoptExisting, true);
    });

    it("is refused when there is a training folder, which --force keeps", async () => {
        const directory = checkout.path("had-weights");
        mkdirSync(path.join(directory, "training"), { recursive: true });
        writeFileSync(path.join(directory, "training", "model.pt"), "old");
        const refused = await init("-d", directory, "--weights-dir", weights);
        assert.equal(refused.stderr, `error: ${directory}/training exists; --force keeps it in a backup folder\n`);
        assert.deepEqual(readdirSync(directory), ["training"]);
        const forced = await init("-d", directory, "--weights-dir", weights, "--force");
        assert.equal(forced.code, 0);
        const backup = readdirSync(directory).find((name) => name.startsWith("backup-")) ?? "";
        assert.equal(readFileSync(path.join(directory, backup, "training", "model.pt"), "utf8"), "old");
        assert.equal(readFileSync(path.join(directory, "training", "model.pt"), "utf8"), "weights");
    });

    it("leaves nothing behind when it is stopped while it copies", async () => {
        const many = checkout.path("many");
        mkdirSync(many);
        writeFileSync(path.join(many, "model.pt"), "weights");
        for (let i = 0; i < 4000; i++) writeFileSync(path.join(many, `part-${i}`), "");
        const parent = checkout.path("stopped");
        mkdirSync(parent);
        const running = checkout.run(
            "aframe-init",
            ["offline", "-d", path.join(parent, "exp"), "--weights-dir", many],
            {},
            (child) => {
                const watch = setInterval(() => {
                    const [staging] = readdirSync(parent);
                    if (staging === undefined || !existsSync(path.join(parent, staging, "exp", "training", "part-1")))
                        return;
                    clearInterval(watch);
                    child.kill("SIGINT");
                }, 1);
            },
        );
        assert.deepEqual(await running, { code: 130, stdout: "", stderr: "stopped\n" });
        assert.deepEqual(readdirSync(parent), []);
        assert.ok(!checkout.stacks.includes("Pulumi.exp.yaml"));
    });

    it("says that a run dir on S3 does not hold them", async () => {
        const directory = checkout.path("weights-s3");
        const { code, stderr } = await init("-d", directory, "--weights-dir", weights, "--s3-bucket", "s3://bucket/x");
        assert.equal(code, 0);
        assert.match(
            stderr,
            /^note: the run dir is s3:\/\/bucket\/x\/training, so the weights in .* are not used from there\n$/,
        );
        assert.equal(stackConfig("weights-s3").adoptExisting, undefined);
    });
});

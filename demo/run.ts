// `npm run demo`: one whole experiment on this machine, by the commands a researcher would type.
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import pc from "picocolors";
import prettyMs from "pretty-ms";
import { parseDocument } from "yaml";
import { type RemoteCluster, startRemoteCluster } from "./remoteCluster.ts";
import { credentials, type S3Server, startS3Server } from "./s3Server.ts";

const checkout = path.dirname(import.meta.dirname);
const miniature = path.join(checkout, "demo/miniature");
const stack = "demo";
const bucket = "aframe-demo";

const help = `Usage: npm run demo [-- --remote] [-- --directory DIR] [-- --keep]

Runs a whole experiment with the miniature Aframe: data generation by law, upload to an S3 server,
training on the S3 data, export, inference, sensitive volume. Takes about a minute on two cores.

  --remote         train on a real Kubernetes that is started on this machine, with code from a private git
                   repository; needs root on Debian, and about 10 minutes more the first time
  --directory DIR  where the experiment goes (default: .demo/experiment in the checkout; replaced)
  --keep           leave the stack and the S3 server up until Ctrl-C, to try aframe's commands on them
  --help           show this text
`;

const { values: flags } = parseArgs({
    options: {
        remote: { type: "boolean", default: false },
        directory: { type: "string", default: path.join(checkout, ".demo/experiment") },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
    },
});

const directory = path.resolve(flags.directory);
/** The demo's own state, passphrase and credentials: nothing of the user's is read or changed. */
const environment: Record<string, string> = {
    PULUMI_BACKEND_URL: `file://${path.join(checkout, ".demo")}`,
    PULUMI_CONFIG_PASSPHRASE: "demo",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // Two small matrix libraries side by side are faster with one thread each than with all cores each.
    OMP_NUM_THREADS: "1",
    OPENBLAS_NUM_THREADS: "1",
};

function say(text: string): void {
    console.log(`\n${pc.bold(pc.cyan("▸"))} ${pc.bold(text)}`);
}

/** Runs one command of the tour as the user would see it; its failure ends the demo with its exit code. */
async function type(command: string, args: readonly string[]): Promise<void> {
    const shown = [path.relative(checkout, command), ...args.map((arg) => arg.replace(`${checkout}/`, ""))].join(" ");
    console.log(pc.dim(`$ ${shown}`));
    await execa(command, args, { cwd: checkout, stdio: ["ignore", "inherit", "inherit"], env: environment });
}

const aframe = path.join(checkout, "bin/aframe");

async function initialise(): Promise<void> {
    say("1/6  Make an experiment whose training data goes to S3");
    await rm(directory, { recursive: true, force: true });
    await rm(path.join(checkout, ".demo/.pulumi"), { recursive: true, force: true });
    await rm(stackFile(), { force: true });
    await mkdir(path.dirname(directory), { recursive: true });
    const options = ["--mode", "sandbox", "--directory", directory, "--s3-bucket", `s3://${bucket}/first`];
    await type(path.join(checkout, "bin/aframe-init"), ["offline", ...options, "--stack", stack]);
}

function stackFile(): string {
    return path.join(checkout, `stacks/Pulumi.${stack}.yaml`);
}

/** What a user edits by hand: run.sh, and in the stack's config the miniature's law and sizes. */
async function configure(server: S3Server, cluster: RemoteCluster | undefined): Promise<void> {
    const where = cluster ? "train on the cluster with the code of a branch" : "train here on the S3 data";
    say(`2/6  Edit it: ${where}, small numbers, the miniature Aframe instead of the containers`);
    const runScript = path.join(directory, "run.sh");
    if (!cluster) {
        const local = `export AFRAME_TRAIN_RUN_DIR=${path.join(directory, "training")}`;
        const script = (await readFile(runScript, "utf8")).replace(/^export AFRAME_TRAIN_RUN_DIR=.*$/m, () => local);
        await writeFile(runScript, script);
    }
    await writeFile(path.join(directory, "train.yaml"), await readFile(path.join(miniature, "train.yaml")));

    const settings = JSON.parse(await readFile(path.join(miniature, "demo_settings.json"), "utf8")) as Settings;
    for (const [section, keys] of Object.entries({
        luigi_s3: { endpoint_url: server.endpoint },
        ...cluster?.settings,
    })) {
        settings[section] = { ...settings[section], ...keys };
    }
    const document = parseDocument(await readFile(stackFile(), "utf8"));
    document.setIn(["config", "aframe:settings"], settings);
    const law = [path.join(checkout, ".venv/bin/python"), path.join(miniature, "law_command.py")];
    document.setIn(["config", "aframe:law"], law);
    if (cluster) document.setIn(["config", "aframe:podTemplatePatch"], cluster.podTemplatePatch);
    await writeFile(stackFile(), document.toString());
    const edited = [...(cluster ? [] : [runScript]), stackFile()].map((file) => path.relative(checkout, file));
    console.log(`edited ${edited.join(" and ")}`);
}

type Settings = Record<string, Record<string, string>>;

async function runExperiment(): Promise<void> {
    say("3/6  Run it: every step is a resource of one Pulumi stack");
    await type(path.join(directory, "run.sh"), []);
    if (flags.remote) await type(aframe, ["status", "--stack", stack]);
    say("4/6  Run it again: nothing has changed, so nothing runs");
    await type(path.join(directory, "run.sh"), []);
    say("5/6  Edit one value, and look: only what depends on it would run");
    await editBase("highpass = 32", "highpass = 30");
    await type(aframe, ["preview", "--stack", stack]);
    await editBase("highpass = 30", "highpass = 32");
}

async function editBase(from: string, to: string): Promise<void> {
    const file = path.join(directory, "base.cfg");
    const text = await readFile(file, "utf8");
    if (!text.includes(`\n${from}\n`)) throw new Error(`${file} has no line "${from}"`);
    await writeFile(file, text.replace(`\n${from}\n`, `\n${to}\n`));
    console.log(`edited ${path.relative(checkout, file)}: ${from} -> ${to}`);
}

async function finish(): Promise<void> {
    if (flags.keep) {
        say(`6/6  The stack "${stack}" is up. In another terminal, for example:`);
        const names = Object.entries(environment).filter(([name]) => !name.endsWith("_THREADS"));
        console.log(names.map(([name, value]) => `export ${name}=${value}`).join("\n"));
        console.log(
            `bin/aframe preview --stack ${stack}\nbin/aframe destroy --stack ${stack}\n\nCtrl-C ends the demo.`,
        );
        await new Promise((resolve) => process.once("SIGINT", resolve));
        return;
    }
    say("6/6  Destroy the stack: what it made for running goes, data and model stay");
    await type(aframe, ["destroy", "--stack", stack, "--yes"]);
}

async function main(): Promise<void> {
    const start = Date.now();
    const cluster = flags.remote ? await startRemoteCluster(checkout) : undefined;
    if (cluster) environment.KUBECONFIG = cluster.kubeconfig;
    try {
        const server = await startS3Server(checkout, bucket, cluster?.host);
        try {
            await initialise();
            await configure(server, cluster);
            await runExperiment();
            await finish();
        } finally {
            await server.stop();
        }
    } finally {
        await cluster?.stop();
    }
    const plot = path.join(directory, "results/plots/sensitive_volume.html");
    if (!existsSync(plot)) throw new Error(`the experiment made no ${plot}`);
    console.log(`\n${pc.green("✔")} The whole experiment took ${prettyMs(Date.now() - start)}.`);
    console.log(`  Sensitive volume: ${path.relative(checkout, plot)}`);
    console.log(`  Logs of each stage: ${path.relative(checkout, path.join(directory, "logs"))}/`);
}

if (flags.help) {
    process.stdout.write(help);
} else {
    try {
        await main();
    } catch (error) {
        const { exitCode, shortMessage, message } = error as {
            exitCode?: number;
            shortMessage?: string;
            message: string;
        };
        console.error(pc.red(`demo: ${shortMessage ?? message}`));
        process.exitCode = exitCode ?? 1;
    }
}

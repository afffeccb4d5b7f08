// A whole small experiment for the acceptance tests: a checkout, an S3 server, the miniature Aframe, the real engine.
import type { ChildProcess } from "node:child_process";
import { existsSync, globSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { parseDocument } from "yaml";
import { type S3Server, startS3Server } from "../../demo/s3Server.ts";
import { type Finished, TestCheckout } from "../cli/checkout.ts";

const source = path.join(import.meta.dirname, "../..");
const miniature = path.join(source, "demo/miniature");
export const bucket = "laboratory";

/** Looked for in everything an experiment leaves behind. */
export const canary = "CANARY-secret-access-key-0123456789";

type Settings = Record<string, Record<string, string>>;

export class Laboratory {
    readonly stack = "small";
    readonly checkout = new TestCheckout();
    readonly directory = this.checkout.path("experiment with a space");
    readonly client: S3Client;
    readonly #server: S3Server;

    private constructor(server: S3Server) {
        this.#server = server;
        this.client = new S3Client({
            endpoint: server.endpoint,
            region: "us-east-1",
            forcePathStyle: true,
            credentials: { accessKeyId: "laboratory", secretAccessKey: canary },
        });
        for (const linked of ["index.ts", "components", "demo", ".venv"]) {
            symlinkSync(path.join(source, linked), path.join(this.checkout.checkout, linked));
        }
    }

    /** An experiment made by `aframe-init`: training data on S3, training here, sizes for seconds. */
    static async open(): Promise<Laboratory> {
        const laboratory = new Laboratory(await startS3Server(source, bucket));
        const options = ["--directory", laboratory.directory, "--s3-bucket", `s3://${bucket}/run1`];
        const made = await laboratory.checkout.run("aframe-init", ["offline", ...options, "--stack", laboratory.stack]);
        if (made.code !== 0) throw new Error(made.stderr);
        laboratory.editFile(
            "run.sh",
            /^export AFRAME_TRAIN_RUN_DIR=.*$/m,
            `export AFRAME_TRAIN_RUN_DIR='${laboratory.directory}/training'`,
        );
        const training = readFileSync(path.join(miniature, "train.yaml"), "utf8");
        writeFileSync(
            path.join(laboratory.directory, "train.yaml"),
            training
                .replace("max_epochs: 10", "max_epochs: 2")
                .replace("batches_per_epoch: 60", "batches_per_epoch: 10"),
        );
        laboratory.setStackConfig("aframe:settings", laboratory.#settings());
        const law = [path.join(source, ".venv/bin/python"), path.join(import.meta.dirname, "switched_law.py")];
        laboratory.setStackConfig("aframe:law", law);
        return laboratory;
    }

    #settings(): Settings {
        const settings = JSON.parse(readFileSync(path.join(miniature, "demo_settings.json"), "utf8")) as Settings;
        return {
            ...settings,
            luigi_base: { ...settings.luigi_base, Tb: "4096" },
            luigi_TrainingWaveforms: { ...settings.luigi_TrainingWaveforms, num_signals: "100", num_jobs: "2" },
            luigi_ValidationWaveforms: { ...settings.luigi_ValidationWaveforms, num_signals: "50" },
            luigi_TestingWaveforms: { ...settings.luigi_TestingWaveforms, num_signals: "200" },
            luigi_s3: { endpoint_url: this.#server.endpoint },
        };
    }

    get environment(): Record<string, string> {
        return {
            ...this.checkout.environment,
            PULUMI_CONFIG_PASSPHRASE: "laboratory",
            AWS_ACCESS_KEY_ID: "laboratory",
            AWS_SECRET_ACCESS_KEY: canary,
            OPENBLAS_NUM_THREADS: "1",
        };
    }

    /** Runs `aframe VERB --stack small`, by the embedded engine. */
    run(verb: string, args: readonly string[] = [], onStart?: (child: ChildProcess) => void): Promise<Finished> {
        const options = ["--stack", this.stack, "--engine", "embedded", ...args];
        return this.checkout.run("aframe", [verb, ...options], this.environment, onStart);
    }

    /** Runs run.sh, which copies its variables into the stack's config first. */
    runScript(): Promise<Finished> {
        const variables = readFileSync(path.join(this.directory, "run.sh"), "utf8").matchAll(/^export (\w+)=(.*)$/gm);
        const exported = [...variables].map(
            ([, name = "", value = ""]) => [name, value.replace(/^'|'$/g, "")] as const,
        );
        const environment = { ...this.environment, ...Object.fromEntries(exported) };
        return this.checkout.run("aframe", ["up", "--stack", this.stack, "--engine", "embedded"], environment);
    }

    editFile(name: string, pattern: RegExp | string, replacement: string): void {
        const file = path.join(this.directory, name);
        const before = readFileSync(file, "utf8");
        const after = before.replace(pattern, () => replacement);
        if (after === before) throw new Error(`${name} has no ${String(pattern)}`);
        writeFileSync(file, after);
    }

    setStackConfig(key: string, value: unknown): void {
        const file = this.checkout.stackFile(this.stack);
        const document = parseDocument(readFileSync(file, "utf8"));
        document.setIn(["config", key], value);
        writeFileSync(file, document.toString());
    }

    stackConfig(key: string): Readonly<Record<string, unknown>> {
        const document = parseDocument(readFileSync(this.checkout.stackFile(this.stack), "utf8")).toJS() as {
            config: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
        };
        return document.config[key] ?? {};
    }

    /** As run.sh does, for commands that are not begun by it. */
    trainHere(): void {
        this.setStackConfig("aframe:environment", {
            ...this.stackConfig("aframe:environment"),
            AFRAME_TRAIN_DATA_DIR: `s3://${bucket}/run1/data/train`,
            AFRAME_TRAIN_RUN_DIR: path.join(this.directory, "training"),
        });
    }

    /** Makes the next run of a stage's law task fail or hang; none switches it off. */
    switchTask(task?: string, action?: "fail" | "hang"): void {
        rmSync(path.join(this.directory, "hanging"), { force: true });
        if (task === undefined) rmSync(path.join(this.directory, "switch"), { force: true });
        else writeFileSync(path.join(this.directory, "switch"), `${task} ${action ?? "fail"}\n`);
    }

    /** Waits until the switched task hangs; gives its process id. */
    async untilHanging(): Promise<number> {
        const file = path.join(this.directory, "hanging");
        for (let i = 0; i < 1200; i++) {
            const text = existsSync(file) ? readFileSync(file, "utf8") : "";
            if (text !== "") return Number(text);
            await delay(50);
        }
        throw new Error("the task never started to hang");
    }

    /** Names of the objects in the bucket, sorted. */
    async objects(): Promise<string[]> {
        const { Contents } = await this.client.send(new ListObjectsV2Command({ Bucket: bucket }));
        return (Contents ?? []).map(({ Key }) => Key ?? "").sort();
    }

    async put(key: string): Promise<void> {
        await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "somebody else's" }));
    }

    /** Every file below the experiment, the stacks and the state, with its time of change. */
    files(): Map<string, number> {
        const names = globSync(["experiment*/**", "checkout/stacks/**", "checkout/.pulumi/**", "home/**"], {
            cwd: this.checkout.root,
        });
        const files = names.map((name) => this.checkout.path(name)).filter((file) => statSync(file).isFile());
        return new Map(files.map((file) => [file, statSync(file).mtimeMs]));
    }

    async close(): Promise<void> {
        this.client.destroy();
        await this.#server.stop();
        this.checkout.remove();
    }
}

export function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}

export async function untilGone(pid: number): Promise<void> {
    for (let i = 0; i < 600 && isAlive(pid); i++) await delay(50);
}

/** The stages that the output of an operation names with a step, such as `update`. */
export function stagesWith(step: string, output: string): string[] {
    const lines = output.matchAll(new RegExp(`^\\S+ aframe:Stage small-(\\w+) ${step}`, "gm"));
    return [...lines].map(([, name = ""]) => name).sort();
}

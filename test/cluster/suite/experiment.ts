// An experiment that trains on the cluster, driven by the commands a researcher types.
import type { ChildProcess } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { parseDocument } from "yaml";
import { type S3Server, startS3Server } from "../../../demo/s3Server.ts";
import { type Finished, TestCheckout } from "../../cli/checkout.ts";
import { trainImage } from "../images/provide.ts";
import { checkout as source } from "../machine/paths.ts";
import { atEnd } from "./atEnd.ts";
import { hostAddress, type Namespace } from "./namespace.ts";

export const bucket = "laboratory";

/** Looked for in everything an experiment leaves behind. */
export const canaries = {
    s3: "CANARY-secret-access-key-0123456789",
    wandb: "0123456789abcdefCANARYwandb0123456789abc",
} as const;

type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface ExperimentOptions {
    readonly namespace: Namespace;
    /** @default `s3://laboratory/<stack>` */
    readonly prefix?: string;
    readonly settings?: Settings;
    /** More of the stack's config, such as `aframe:wait`. */
    readonly config?: Readonly<Record<string, unknown>>;
    readonly kubeconfig?: string;
    /** @default the stand-in that leaves files at once */
    readonly law?: string;
}

/** One server for all experiments of a test file. */
export async function startS3(): Promise<S3Server & { readonly client: S3Client }> {
    const server = await startS3Server(source, bucket, hostAddress);
    const client = new S3Client({
        endpoint: server.endpoint,
        region: "us-east-1",
        forcePathStyle: true,
        credentials: { accessKeyId: "laboratory", secretAccessKey: canaries.s3 },
    });
    atEnd(async () => {
        client.destroy();
        await server.stop();
    });
    return { ...server, client };
}

/** Names of the objects in the bucket, sorted. */
export async function objectsIn(client: S3Client): Promise<string[]> {
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return (Contents ?? []).map(({ Key }) => Key ?? "").sort();
}

/** The images are on the node, and in no registry that could be asked for newer ones. */
export const noPulling = {
    spec: {
        initContainers: [{ name: "fetch-data", imagePullPolicy: "IfNotPresent" }],
        containers: [{ name: "train", imagePullPolicy: "IfNotPresent" }],
        terminationGracePeriodSeconds: 5,
    },
};

export class Experiment {
    readonly stack: string;
    readonly checkout = new TestCheckout();
    readonly directory: string;
    readonly namespace: Namespace;
    readonly #kubeconfig: string;

    private constructor(stack: string, options: ExperimentOptions) {
        this.stack = stack;
        this.namespace = options.namespace;
        this.#kubeconfig = options.kubeconfig ?? options.namespace.kubeconfig;
        this.directory = this.checkout.path(stack);
        for (const linked of ["index.ts", "components", "demo", ".venv"]) {
            symlinkSync(path.join(source, linked), path.join(this.checkout.checkout, linked));
        }
        atEnd(() => {
            this.checkout.remove();
        });
    }

    /** Made by `aframe-init` with both directories on S3; trains the image's own code unless the settings say more. */
    static async make(stack: string, s3: S3Server, options: ExperimentOptions): Promise<Experiment> {
        const experiment = new Experiment(stack, options);
        const prefix = options.prefix ?? `s3://${bucket}/${stack}`;
        const made = await experiment.checkout.run(
            "aframe-init",
            ["offline", "--directory", experiment.directory, "--s3-bucket", prefix, "--stack", stack],
            experiment.environment,
        );
        if (made.code !== 0) throw new Error(made.stderr);
        const { luigi_Train, ...settings } = options.settings ?? {};
        experiment.configure("aframe:settings", {
            luigi_s3: { endpoint_url: s3.endpoint },
            luigi_Train: {
                use_wandb: "false",
                remote_image: trainImage,
                ...{ request_gpus: "1", cpus_per_gpu: "2", memory_per_cpu: "1" },
                ...luigi_Train,
            },
            ...settings,
        });
        experiment.configure("aframe:law", [path.join(source, ".venv/bin/python"), options.law ?? quickLaw]);
        // The stand-in is no law, and makes nothing of the size that the settings speak of.
        experiment.configure("aframe:preflight", options.law !== undefined);
        experiment.configure("aframe:podTemplatePatch", noPulling);
        for (const [key, value] of Object.entries(options.config ?? {})) {
            experiment.configure(key, value);
        }
        // What run.sh exports, as `aframe up` copies it into the stack's config.
        const variables = readFileSync(path.join(experiment.directory, "run.sh"), "utf8").matchAll(
            /^export (\w+)=(.*)$/gm,
        );
        experiment.configure("aframe:environment", Object.fromEntries([...variables].map(([, k, v]) => [k, v])));
        return experiment;
    }

    /** `aframe` of the test's own checkout. */
    get program(): string {
        return path.join(this.checkout.checkout, "bin/aframe");
    }

    get environment(): Record<string, string> {
        return {
            ...this.checkout.environment,
            KUBECONFIG: this.#kubeconfig,
            PULUMI_CONFIG_PASSPHRASE: "laboratory",
            AWS_ACCESS_KEY_ID: "laboratory",
            AWS_SECRET_ACCESS_KEY: canaries.s3,
            WANDB_API_KEY: canaries.wandb,
            OPENBLAS_NUM_THREADS: "1",
        };
    }

    /** Runs `aframe VERB --stack STACK`. */
    run(verb: string, args: readonly string[] = [], onStart?: (child: ChildProcess) => void): Promise<Finished> {
        return this.checkout.run("aframe", [verb, "--stack", this.stack, ...args], this.environment, onStart);
    }

    /** As `run`, and fails with what was printed unless the command does as it should. */
    async mustRun(verb: string, args: readonly string[] = [], code = 0): Promise<string> {
        const finished = await this.run(verb, args);
        const text = finished.stdout + finished.stderr;
        if (finished.code !== code) {
            throw new Error(`aframe ${verb} ended with ${finished.code} instead of ${code}:\n${text}`);
        }
        return text;
    }

    /** Starts an `up` that goes on while the test looks at the cluster. */
    start(verb = "up", args: readonly string[] = []): Running {
        let child: ChildProcess | undefined;
        let text = "";
        const finished = this.run(verb, args, (started) => {
            child = started;
            started.stdout?.on("data", (chunk: string) => (text += chunk));
        });
        return {
            finished,
            get output() {
                return text;
            },
            interrupt: () => child?.kill("SIGINT"),
        };
    }

    /** Sets a key of the stack's config; undefined removes it. */
    configure(key: string, value: unknown): void {
        const file = this.checkout.stackFile(this.stack);
        const document = parseDocument(readFileSync(file, "utf8"));
        if (value === undefined) document.deleteIn(["config", key]);
        else document.setIn(["config", key], value);
        writeFileSync(file, document.toString());
    }

    /** Sets one value of the cfg for this stack. */
    set(section: string, key: string, value: string): void {
        const file = this.checkout.stackFile(this.stack);
        const document = parseDocument(readFileSync(file, "utf8"));
        document.setIn(["config", "aframe:settings", section, key], value);
        writeFileSync(file, document.toString());
    }

    async outputs<T>(): Promise<T> {
        const { stdout } = await this.run("output", ["--json"]);
        return JSON.parse(stdout) as T;
    }
}

export interface Running {
    readonly finished: Promise<Finished>;
    /** What it has printed so far. */
    readonly output: string;
    /** As Ctrl-C does. */
    interrupt(): void;
}

const quickLaw = path.join(import.meta.dirname, "quick_law.py");

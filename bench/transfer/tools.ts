// The tools that are measured, each as the command line of one operation on one prefix.
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { smallYoungGeneration } from "../../embedded/engine/processes.ts";
import { provideRclone } from "../../test/s3/programs.ts";
import type { RunningServer } from "../../test/s3/server.ts";
import { compileCache } from "../measure.ts";
import type { Order } from "./ours.ts";

export type Operation = Order["operation"];
export const operations = ["upload", "nothing", "download", "purge"] as const satisfies readonly Operation[];

/** Whose prefixes ours purges, as their marker says. */
export const owner = { stack: "bench", claim: "bench" } as const;

export interface Task {
    readonly operation: Operation;
    /** Where the files are, or come to. */
    readonly folder: string;
    /** Below the bucket `data`, without slashes at its ends. */
    readonly prefix: string;
}

export interface Tool {
    readonly name: string;
    readonly command: (task: Task) => readonly string[];
    readonly environment: Readonly<Record<string, string>>;
}

const here = import.meta.dirname;
const checkout = path.resolve(here, "../..");
const python = path.join(checkout, ".venv/bin/python");

/** Installs the pinned packages into `.cache` when they are not there. @returns their folder */
async function providePackages(): Promise<string> {
    const folder = path.join(checkout, ".cache/bench-transfer");
    if (!existsSync(folder)) {
        const part = `${folder}.part`;
        await rm(part, { recursive: true, force: true });
        const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--target", part];
        await execa(python, [...pip, "--requirement", path.join(here, "requirements.txt")]);
        await rename(part, folder);
    }
    return folder;
}

/** @param endpoint - where the tools find the server */
export async function provideTools(server: RunningServer, endpoint: string): Promise<Tool[]> {
    const packages = await providePackages();
    const rclone = await provideRclone();
    const { authority } = server;
    const connection = { ...server.connection, endpoint };
    const { accessKeyId = "", secretAccessKey = "" } = connection;
    const common = {
        PATH: process.env.PATH ?? "",
        HOME: "/nonexistent",
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_ENDPOINT_URL: endpoint,
        S3_ENDPOINT_URL: endpoint,
        AWS_REGION: "us-east-1",
        // Each tool has a variable of its own for whom it trusts.
        ...(authority !== undefined && {
            NODE_EXTRA_CA_CERTS: authority,
            SSL_CERT_FILE: authority,
            AWS_CA_BUNDLE: authority,
        }),
    };
    return [
        {
            name: "ours",
            environment: { ...common, ...compileCache },
            command: ({ operation, folder, prefix }) => {
                const location = { kind: "s3" as const, bucket: "data", prefix, uri: `s3://data/${prefix}` };
                const order: Order = { operation, connection, root: folder, location };
                // As the engine starts the plugin that moves data.
                return [process.execPath, smallYoungGeneration, path.join(here, "ours.ts"), JSON.stringify(order)];
            },
        },
        {
            name: "s5cmd",
            environment: common,
            // The program itself: the package's own command starts Python first.
            command: (task) => [path.join(packages, "s5cmd/bin/s5cmd"), ...s5cmd(task)],
        },
        {
            name: "rclone",
            environment: { ...common, RCLONE_CONFIG: "/nonexistent", ...rcloneRemote },
            command: (task) => [rclone, ...rcloneArguments(task)],
        },
        {
            name: "upstream",
            // Without it boto3 sends checksums behind the body over https, which this rclone refuses.
            environment: { ...common, PYTHONPATH: packages, AWS_REQUEST_CHECKSUM_CALCULATION: "when_required" },
            command: ({ operation, folder, prefix }) => {
                return [python, path.join(here, "upstream.py"), operation, folder, "data", prefix];
            },
        },
    ];
}

function s5cmd({ operation, folder, prefix }: Task): string[] {
    const [here, there] = [`${folder}/`, `s3://data/${prefix}/`];
    return {
        upload: ["--log", "error", "cp", here, there],
        nothing: ["--log", "error", "sync", here, there],
        download: ["--log", "error", "cp", `${there}*`, here],
        purge: ["--log", "error", "rm", `${there}*`],
    }[operation];
}

const rcloneRemote = {
    RCLONE_CONFIG_S3_TYPE: "s3",
    RCLONE_CONFIG_S3_PROVIDER: "Ceph",
    RCLONE_CONFIG_S3_ENV_AUTH: "true",
    RCLONE_CONFIG_S3_FORCE_PATH_STYLE: "true",
};

/** With as many transfers at once as ours. */
function rcloneArguments({ operation, folder, prefix }: Task): string[] {
    const there = `s3:data/${prefix}`;
    const options = ["--transfers", "8", "--checkers", "16"];
    return {
        upload: ["copy", folder, there, ...options],
        nothing: ["copy", folder, there, ...options],
        download: ["copy", there, folder, ...options],
        purge: ["purge", there, ...options],
    }[operation];
}

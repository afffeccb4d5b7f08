// Runs the scripts of the training pod as its containers do, with a folder of this machine as the volume.
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { S3Connection } from "../../../pipeline/transfer/connection.ts";

export const python = fileURLToPath(import.meta.resolve("../../../.venv/bin/python"));
export const scripts = fileURLToPath(import.meta.resolve("../../../components/pod"));
export const digest = "the digest of this training";

export interface Pod {
    /** Its volume, with `data` and `run` in it. */
    readonly folder: string;
    /** Its experiment's prefix in the bucket `data`. */
    readonly name: string;
}

export interface Outcome {
    readonly code: number;
    readonly output: string;
}

export function podEnvironment(
    connection: S3Connection,
    { folder, name }: Pod,
    extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
    return {
        PATH: process.env.PATH ?? "",
        HOME: folder,
        AWS_ENDPOINT_URL: connection.endpoint ?? "",
        AWS_DEFAULT_REGION: "us-east-1",
        AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
        AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
        AWS_ACCESS_KEY_ID: connection.accessKeyId ?? "",
        AWS_SECRET_ACCESS_KEY: connection.secretAccessKey ?? "",
        AFRAME_EXPERIMENT: "test",
        AFRAME_DATA_URI: `s3://data/${name}/data`,
        AFRAME_RUN_URI: `s3://data/${name}/run`,
        AFRAME_DATA_DIR: `${folder}/data`,
        AFRAME_RUN_DIR: `${folder}/run`,
        AFRAME_TRAINING_DIGEST: digest,
        AFRAME_JOB_NAME: "aframe-test",
        AFRAME_JOB_UID: "uid-1",
        AFRAME_POD_NAME: "pod-1",
        PYTHONDONTWRITEBYTECODE: "1",
        ...extra,
    };
}

/** @param script - one of the pod's, or the path of another that uses them */
export function startScript(
    script: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
): ChildProcess {
    const env = { PYTHONPATH: scripts, ...environment };
    return spawn(python, [path.resolve(scripts, script), ...args], { cwd: environment.HOME, env });
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    return new Promise((resolve) => {
        child.on("close", (code, signal) => {
            resolve({ code: code ?? (signal === null ? -1 : 128), output });
        });
    });
}

export function runScript(
    script: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
): Promise<Outcome> {
    return outcomeOf(startScript(script, args, environment));
}

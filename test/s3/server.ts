// Real S3 servers on this machine: moto, rclone, and a Ceph gateway, which is what the users' data lies on.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { freePort } from "../../demo/s3Server.ts";
import { createClient } from "../../pipeline/transfer/client.ts";
import type { S3Connection } from "../../pipeline/transfer/connection.ts";
import { until } from "../pipeline/fixtures/until.ts";
import { cephSteps, type Listening } from "./ceph.ts";
import { makeTrustedCertificate } from "./certificate.ts";
import type { Plan, Step } from "./keeper.ts";
import { motoServer, provideCeph, provideRclone } from "./programs.ts";

export const serverKinds = ["moto", "rclone", "ceph"] as const;
export type ServerKind = (typeof serverKinds)[number];

export interface RunningServer {
    readonly kind: ServerKind;
    readonly endpoint: string;
    readonly connection: S3Connection;
    readonly client: S3Client;
    /** PEM file of the https endpoint; children trust it by `NODE_EXTRA_CA_CERTS`, this process does already. */
    readonly authority?: string;
    /** Ends it and removes its files, as the end of this process would. */
    stop(): Promise<void>;
}

const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "wJalrXUtnFEMI" } as const;

/** Starts a server with an empty bucket `data`. Throws its last words when it ends, or stays silent for 60 s. */
export async function startServer(kind: ServerKind, { tls = false } = {}): Promise<RunningServer> {
    await (kind === "ceph" && provideCeph());
    const folder = mkdtempSync(path.join(tmpdir(), `aframe-s3-${kind}-`));
    const certificate = tls ? await makeTrustedCertificate(folder) : undefined;
    const port = await freePort();
    const steps = await stepsOf[kind]({ folder, port, ...credentials, ...(certificate && { certificate }) });
    const keeper = keep({ folder, steps });
    const connection = { endpoint: `${tls ? "https" : "http"}://127.0.0.1:${port}`, ...credentials };
    const client = createClient(connection);
    const stop = async () => {
        client.destroy();
        keeper.process.stdin?.end();
        await keeper.ended;
    };
    try {
        await until(`the ${kind} server`, () => answering(client, keeper), 60);
    } catch (error) {
        await stop();
        throw error;
    }
    return { kind, ...connection, connection, client, stop, ...(certificate && { authority: certificate.file }) };
}

const stepsOf: Readonly<Record<ServerKind, (listening: Listening) => Step[] | Promise<Step[]>>> = {
    moto: ({ port, certificate }) => {
        const tls = certificate ? ["--ssl-cert", certificate.file, "--ssl-key", certificate.keyFile] : [];
        return [{ command: motoServer, args: ["-H", "127.0.0.1", "-p", String(port), ...tls], stays: true }];
    },
    rclone: async ({ folder, port, accessKeyId, secretAccessKey, certificate }) => {
        const root = path.join(folder, "buckets");
        mkdirSync(root);
        const address = ["--addr", `127.0.0.1:${port}`, "--auth-key", `${accessKeyId},${secretAccessKey}`];
        const tls = certificate ? ["--cert", certificate.file, "--key", certificate.keyFile] : [];
        // A configuration of the user's has no say here.
        const args = ["serve", "s3", root, "--config", path.join(folder, "rclone.conf"), ...address, ...tls];
        return [{ command: await provideRclone(), args, stays: true }];
    },
    ceph: cephSteps,
};

interface Keeper {
    readonly process: ChildProcess;
    readonly ended: Promise<unknown>;
    readonly complaints: string[];
}

function keep(plan: Plan): Keeper {
    const file = path.join(import.meta.dirname, "keeper.ts");
    // In a group of its own: a Ctrl-C is for whoever started it, whose end it then follows.
    const child = spawn(process.execPath, [file, JSON.stringify(plan)], {
        detached: true,
        stdio: ["pipe", "ignore", "pipe"],
    });
    const complaints: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
    return { process: child, ended: once(child, "close"), complaints };
}

async function answering(client: S3Client, keeper: Keeper): Promise<true | undefined> {
    if (keeper.process.exitCode !== null) {
        throw new Error(`the S3 server ended early: ${keeper.complaints.join("")}`);
    }
    return client.send(new CreateBucketCommand({ Bucket: "data" })).then(
        () => true,
        () => undefined,
    );
}

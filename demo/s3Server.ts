// The demo's S3 server: moto from the project's Python environment, on a free port of this machine, in memory.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { execa } from "execa";
import pRetry from "p-retry";

/** Any pair will do: moto checks that there are credentials, not what they are. */
export const credentials = { accessKeyId: "demo", secretAccessKey: "demo-secret" } as const;

export interface S3Server {
    /** `http://<host>:<port>`. */
    readonly endpoint: string;
    stop(): Promise<void>;
}

/**
 * Starts the server and makes the bucket; throws with the server's own words when it does not answer within 30 s.
 * `host` is the address it listens on; pods need one that leads to this machine.
 */
export async function startS3Server(checkout: string, bucket: string, host = "127.0.0.1"): Promise<S3Server> {
    const port = await freePort(host);
    const endpoint = `http://${host}:${port}`;
    const server = execa(path.join(checkout, ".venv/bin/moto_server"), ["-H", host, "-p", String(port)], {
        reject: false,
        stdin: "ignore",
        all: true,
        // A Ctrl-C on the terminal reaches the whole group; the server has to outlive the stages that stop on it.
        detached: true,
        cleanup: true,
    });
    let ended = false;
    void server.finally(() => {
        ended = true;
    });
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials, maxAttempts: 1 });
    try {
        await untilAnswering(client, bucket, () => ended);
    } catch (error) {
        server.kill();
        const { all } = await server;
        throw new Error(`the S3 server did not start on ${endpoint}: ${all}`, { cause: error });
    } finally {
        client.destroy();
    }
    return {
        endpoint,
        stop: async () => {
            server.kill();
            await server;
        },
    };
}

async function untilAnswering(client: S3Client, bucket: string, hasEnded: () => boolean): Promise<void> {
    await pRetry(() => client.send(new CreateBucketCommand({ Bucket: bucket })), {
        retries: 300,
        minTimeout: 100,
        factor: 1,
        shouldRetry: () => !hasEnded(),
    });
}

/** One that nobody listens on, of an address of this machine. */
export async function freePort(host = "127.0.0.1"): Promise<number> {
    const probe = createServer().listen(0, host);
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, "close");
    return port;
}

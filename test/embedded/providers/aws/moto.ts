// A real S3 server on a free port: moto, from the project's Python environment.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../../../.venv/bin/moto_server", import.meta.url));

export interface S3Server {
    readonly url: string;
    stop(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
    const child = spawn(command, ["--host", "127.0.0.1", "--port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
    const ended = once(child, "exit");
    for await (const line of createInterface(child.stderr)) {
        const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
        if (url === undefined) continue;
        child.stderr.resume();
        return {
            url,
            stop: async () => {
                child.kill();
                await ended;
            },
        };
    }
    throw new Error("moto_server ended before it listened");
}

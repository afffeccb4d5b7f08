// git's own HTTP service behind a Node server: https://git-scm.com/docs/git-http-backend
import { spawn } from "node:child_process";
import http from "node:http";
import type { AddressInfo } from "node:net";

export interface HttpGit {
    readonly address: string;
    stop(): void;
}

/** Serves the repositories in `root` to everybody. */
export async function serveOverHttp(root: string): Promise<HttpGit> {
    const server = http.createServer((request, response) => {
        const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
        const backend = spawn("git", ["http-backend"], {
            stdio: ["pipe", "pipe", "ignore"],
            env: {
                PATH: process.env.PATH,
                GIT_PROJECT_ROOT: root,
                GIT_HTTP_EXPORT_ALL: "1",
                PATH_INFO: pathname,
                QUERY_STRING: searchParams.toString(),
                REQUEST_METHOD: request.method,
                CONTENT_TYPE: request.headers["content-type"],
                HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
                GIT_PROTOCOL: request.headers["git-protocol"]?.toString(),
            },
        });
        request.pipe(backend.stdin);
        const chunks: Buffer[] = [];
        backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
        backend.on("close", () => {
            const answer = Buffer.concat(chunks);
            const end = answer.indexOf("\r\n\r\n");
            const headers = answer.subarray(0, end).toString().split("\r\n");
            const fields = new Map(headers.map((line) => line.split(": ", 2) as [string, string]));
            const status = Number.parseInt(fields.get("Status") ?? "200", 10);
            fields.delete("Status");
            response.writeHead(status, Object.fromEntries(fields)).end(answer.subarray(end + 4));
        });
    });
    await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    return {
        address: `http://127.0.0.1:${port}`,
        stop: () => {
            server.closeAllConnections();
            server.close();
        },
    };
}

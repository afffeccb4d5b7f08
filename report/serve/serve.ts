// Serves a page that follows its experiments, to browsers of this machine alone.
import { randomBytes } from "node:crypto";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Report } from "../model/report.ts";
import { loadAssets } from "../page/assets.ts";
import { renderPage } from "../page/page.ts";
import { Follower } from "./follower.ts";

export interface ServeOptions {
    /** Looks at the experiments; may throw, which is said on the page. */
    readonly gather: () => Promise<Report>;
    /** @default any that is free */
    readonly port?: number;
    readonly say: (line: string) => void;
    /** Between two looks, in ms. */
    readonly pause: number;
}

export interface ReportServer {
    /** With a word in it that other users of this machine do not know. */
    readonly url: string;
    readonly close: () => Promise<void>;
}

const host = "127.0.0.1";

/** Resolves when it listens; rejects when the port is taken. */
export async function serveReport({ gather, port = 0, say, pause }: ServeOptions): Promise<ReportServer> {
    const follower = new Follower(gather, pause, say);
    const word = randomBytes(16).toString("base64url");
    const server = http.createServer((request, response) => {
        void answer(request, response, word, follower);
    });
    await listen(server, port);
    const { port: taken } = server.address() as AddressInfo;
    return {
        url: `http://${host}:${taken}/${word}/`,
        close: async () => {
            follower.stop();
            const closed = new Promise((resolve) => server.close(resolve));
            server.closeAllConnections();
            await closed;
        },
    };
}

function listen(server: http.Server, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) => {
            const taken = new Error(`port ${port} of ${host} is taken; give another one, or none for any that is free`);
            reject(error.code === "EADDRINUSE" ? taken : error);
        });
        server.listen(port, host, resolve);
    });
}

async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    word: string,
    follower: Follower,
): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const refusal = refusalOf(request, word);
    if (refusal !== undefined) {
        refuse(response, ...refusal);
    } else if (request.url === `/${word}/events`) {
        follower.add(response);
    } else {
        await sendPage(response, follower);
    }
}

const headers = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
} as const;

type Refusal = readonly [status: number, text: string];

function refusalOf({ socket, headers: given, method, url }: IncomingMessage, word: string): Refusal | undefined {
    // A page elsewhere whose name was made to point here sends that name; see DNS rebinding.
    const names = [host, "localhost"].map((name) => `${name}:${socket.localPort ?? ""}`);
    if (!names.includes(given.host ?? "")) return [421, "this is not the host of the page"];
    if (method !== "GET") return [405, "only GET is answered"];
    const isThere = [`/${word}/`, `/${word}/events`].includes(url ?? "");
    return isThere ? undefined : [404, "there is nothing here"];
}

function refuse(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

async function sendPage(response: ServerResponse, follower: Follower): Promise<void> {
    try {
        const page = await renderPage(await follower.latest(), true);
        const { policy } = await loadAssets();
        response.setHeader("content-security-policy", `${policy("'self'")}; frame-ancestors 'none'`);
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
    } catch (error) {
        refuse(response, 500, error instanceof Error ? error.message : String(error));
    }
}

// A proxy between a client and a real S3 server that breaks requests by a plan. It also refuses bodies that are not
// the ones announced by their signed SHA-256 or MD5, as AWS and Ceph do and this server does not.
import { createHash } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import type { Fault } from "./fault.ts";

export interface FaultProxy {
    readonly endpoint: string;
    /** What happens to the requests from now on, one entry each; then they pass. Forgets those so far. */
    readonly follow: (plan: readonly (Fault | undefined)[]) => void;
    /** `METHOD /path`, and the range that was asked for. */
    readonly requests: readonly string[];
    /** Ends when the server has done all that was passed on, also for clients that did not wait for it. */
    readonly settled: () => Promise<void>;
    /** What happens to a request that no plan is about. */
    faultOf: (request: string) => Fault | undefined;
    /** Happens before each request is passed on. */
    meanwhile: (request: string) => Promise<void> | void;
}

interface Answer {
    readonly status: number;
    readonly headers: http.IncomingHttpHeaders;
    readonly body: Buffer;
}

/** @param host - the address that it listens on; pods need one that leads to this machine */
export async function startFaultProxy(upstream: string, host = "127.0.0.1"): Promise<FaultProxy> {
    const requests: string[] = [];
    const underWay = new Set<Promise<void>>();
    let plan: (Fault | undefined)[] = [];
    const listener = http.createServer((request, response) => {
        const { method = "", url = "", headers, socket } = request;
        const line = [method, url, headers.range ?? ""].join(" ").trimEnd();
        requests.push(line);
        const fault = plan.length > 0 ? plan.shift() : proxy.faultOf(line);
        const served = Promise.resolve(proxy.meanwhile(line))
            .then(() => serve(upstream, request, response, fault))
            .catch(() => {
                socket.destroy();
            })
            .finally(() => underWay.delete(served));
        underWay.add(served);
    });
    await new Promise<void>((resolve) => {
        listener.listen(0, host, resolve);
    });
    after(() => {
        listener.closeAllConnections();
        listener.close();
    });
    const proxy: FaultProxy = {
        endpoint: `http://${host}:${(listener.address() as AddressInfo).port}`,
        requests,
        follow: (next) => {
            plan = [...next];
            requests.length = 0;
        },
        settled: async () => {
            await Promise.all(underWay);
        },
        faultOf: () => undefined,
        meanwhile: () => undefined,
    };
    return proxy;
}

async function serve(
    upstream: string,
    request: http.IncomingMessage,
    response: http.ServerResponse,
    fault: Fault | undefined,
): Promise<void> {
    const body = await readBody(request, fault);
    const answer = refusal(request, fault) ?? mismatch(request, body) ?? (await ask(upstream, request, body));
    if (fault?.type === "resetAnswer" && fault.at === 0) {
        response.destroy();
        return;
    }
    await reply(response, answer, fault);
}

/** The request's body as it arrives; throws when the connection ends before. */
async function readBody(request: http.IncomingMessage, fault: Fault | undefined): Promise<Buffer> {
    const length = Number(request.headers["content-length"] ?? 0);
    const chunks: Buffer[] = [];
    let seen = 0;
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
        seen += (chunk as Buffer).length;
        if (fault?.type === "resetRequest" && seen >= fault.at * length) {
            throw new Error("reset");
        }
    }
    if (fault?.type === "resetRequest") {
        throw new Error("reset");
    }
    const body = Buffer.concat(chunks);
    return fault?.type === "flipRequest" ? flipped(body, fault.at) : body;
}

function flipped(body: Buffer, at: number): Buffer {
    const copy = Buffer.from(body);
    const bit = Math.min(Math.floor(at * body.length * 8), body.length * 8 - 1);
    if (bit >= 0) {
        copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    }
    return copy;
}

function failed(status: number, code: string, headers: http.IncomingHttpHeaders = {}): Answer {
    const body = `<Error><Code>${code}</Code><Message>The server says ${code}.</Message></Error>`;
    return { status, headers: { "content-type": "application/xml", ...headers }, body: Buffer.from(body) };
}

/** The answer of a server that does not do what it is asked. */
function refusal({ method, url }: http.IncomingMessage, fault: Fault | undefined): Answer | undefined {
    if (fault?.type === "refuse") {
        return failed(fault.status, fault.code);
    }
    if (fault?.type === "skew") {
        return failed(403, "RequestTimeTooSkewed", { date: new Date(Date.now() - 3_600_000).toUTCString() });
    }
    if (fault?.type === "gateway") {
        return { status: fault.status, headers: {}, body: Buffer.from("<html>upstream is busy<hr></html>") };
    }
    if (fault?.type === "errorIn200" && method === "POST" && url?.includes("uploadId=")) {
        return failed(200, "InternalError");
    }
    return undefined;
}

/** What servers say to a body that is not the announced one. */
function mismatch({ headers }: http.IncomingMessage, body: Buffer): Answer | undefined {
    const sha256 = headers["x-amz-content-sha256"];
    if (/^[0-9a-f]{64}$/.test(String(sha256)) && createHash("sha256").update(body).digest("hex") !== sha256) {
        return failed(400, "XAmzContentSHA256Mismatch");
    }
    const md5 = headers["content-md5"];
    return md5 !== undefined && createHash("md5").update(body).digest("base64") !== md5
        ? failed(400, "BadDigest")
        : undefined;
}

async function ask(upstream: string, { method, url, headers }: http.IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const forward = http.request(`${upstream}${url ?? ""}`, { method, headers }, (answer) => {
            const chunks: Buffer[] = [];
            answer.on("data", (chunk: Buffer) => chunks.push(chunk));
            answer.on("error", reject);
            answer.on("end", () => {
                resolve({
                    status: answer.statusCode ?? 500,
                    headers: answer.headers,
                    body: Buffer.concat(chunks),
                });
            });
        });
        forward.on("error", reject);
        forward.end(body);
    });
}

async function reply(response: http.ServerResponse, answer: Answer, fault: Fault | undefined): Promise<void> {
    const { "transfer-encoding": _chunked, connection: _kept, ...headers } = answer.headers;
    const length = answer.body.length;
    const body = fault?.type === "flipAnswer" && isContents(answer) ? flipped(answer.body, fault.at) : answer.body;
    const cut = fault && "at" in fault ? Math.floor(fault.at * length) : length;
    if (fault?.type === "truncate") {
        response.writeHead(answer.status, {
            ...headers,
            "content-length": length > 0 ? cut : headers["content-length"],
        });
        response.end(body.subarray(0, cut));
        return;
    }
    response.writeHead(answer.status, headers);
    if (fault?.type === "stall" || fault?.type === "resetAnswer") {
        response.write(body.subarray(0, cut), () => {
            if (fault.type === "resetAnswer") {
                response.destroy();
            }
        });
        response.flushHeaders();
        return;
    }
    if (fault?.type === "slow") {
        for (let start = 0; start < length; start += Math.ceil(length / 4)) {
            response.write(body.subarray(start, start + Math.ceil(length / 4)));
            await new Promise((resolve) => setImmediate(resolve));
        }
        response.end();
        return;
    }
    response.end(body);
}

/** An object's bytes, as opposed to XML and manifests, of which nobody could tell that a bit is wrong. */
function isContents({ status, headers }: Answer): boolean {
    return status < 300 && !/xml|json/.test(headers["content-type"] ?? "");
}

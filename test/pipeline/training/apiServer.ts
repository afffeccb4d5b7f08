// A small Kubernetes API server: lists, watches and logs of what a test puts into it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http, { type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import type { ClusterEvent, Job, Pod } from "../../../pipeline/training/clusterObjects.ts";

export interface ClusterState {
    readonly job?: Job;
    readonly pods?: readonly Pod[];
    readonly events?: readonly ClusterEvent[];
}

const linesPerSecond = 3;
const firstTime = Date.UTC(2026, 2, 1, 10);

function lineCount(text: string): number {
    return text.split("\n").length - 1;
}

/** Puts a time before each line, as the API server does on request; two lines of each second have the same. */
function stamped(text: string, first: number): string {
    const lines = text.split("\n");
    const last = lines.pop() ?? "";
    const stamp = (index: number) => {
        const number = first + index;
        const fraction = number % linesPerSecond === 2 ? 5 : 1;
        const second = new Date(firstTime + Math.floor(number / linesPerSecond) * 1000).toISOString().slice(0, 19);
        return `${second}.${fraction}00000000Z`;
    };
    const whole = lines.map((line, index) => `${stamp(index)} ${line}\n`).join("");
    return last === "" ? whole : `${whole}${stamp(lines.length)} ${last}`;
}

export class ApiServer {
    /** `pod/container` → log. */
    readonly logs = new Map<string, string>();
    /** Node → its labels. */
    readonly nodes = new Map<string, Readonly<Record<string, string>>>();
    /** Pod → what metrics-server says its containers use. */
    readonly usage = new Map<string, readonly { readonly name: string; readonly usage: object }[]>();
    /** Paths of all requests so far; `watch` in front of a watch's. */
    readonly requests: string[] = [];
    /** What lists and watches so far have asked for, of each the selector; empty for all there is. */
    readonly selectors: string[] = [];
    /** Answers a request with this status instead. */
    fault: (path: string, isWatch: boolean) => number | undefined = () => undefined;
    private state: ClusterState;
    private version = 1;
    private readonly endedLogs = new Set<string>();
    private readonly followers = new Set<{ readonly name: string; readonly response: ServerResponse }>();
    private readonly watches = new Set<{ readonly path: string; readonly response: ServerResponse }>();
    private readonly server = http.createServer((request, response) => {
        this.answer(new URL(request.url ?? "", "http://localhost"), response);
    });

    constructor(state: ClusterState = {}) {
        this.state = state;
    }

    /** Changes the objects, and tells those who watch. */
    put(state: ClusterState): void {
        this.state = state;
        this.version += 1;
        for (const { path, response } of this.watches) {
            const object = this.items(path)[0] ?? {};
            response.write(`${JSON.stringify({ type: "MODIFIED", object })}\n`);
        }
    }

    /** A container writes: lines, whose number in the log gives their time. */
    write(name: string, text: string): void {
        const before = this.logs.get(name) ?? "";
        this.logs.set(name, before + text);
        for (const { response } of this.followersOf(name)) {
            response.write(stamped(text, lineCount(before)));
        }
    }

    /** The container has ended: whoever follows its log is told. */
    endLog(name: string): void {
        this.endedLogs.add(name);
        for (const { response } of this.followersOf(name)) {
            response.end();
        }
    }

    /** How many follow a log now. */
    followersOf(name: string) {
        return [...this.followers].filter((follower) => follower.name === name);
    }

    /** Forgets all logs and what was asked. */
    clear(): void {
        this.fault = () => undefined;
        this.logs.clear();
        this.nodes.clear();
        this.usage.clear();
        this.endedLogs.clear();
        this.requests.length = 0;
    }

    /** Ends all connections, as a load balancer does now and then. */
    dropConnections(): void {
        this.server.closeAllConnections();
        this.watches.clear();
    }

    async start(): Promise<void> {
        await new Promise<void>((resolve) => {
            this.server.listen(0, "127.0.0.1", resolve);
        });
        after(() => {
            this.server.closeAllConnections();
            this.server.close();
        });
        const { port } = this.server.address() as AddressInfo;
        const directory = mkdtempSync(path.join(tmpdir(), "aframe-kube-"));
        after(() => {
            rmSync(directory, { recursive: true, force: true });
        });
        process.env.KUBECONFIG = path.join(directory, "config");
        const config = {
            apiVersion: "v1",
            kind: "Config",
            clusters: [
                { name: "c", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } },
            ],
            users: [{ name: "u", user: { token: "t" } }],
            contexts: [{ name: "nautilus", context: { cluster: "c", user: "u" } }],
            "current-context": "",
        };
        writeFileSync(process.env.KUBECONFIG, JSON.stringify(config));
    }

    private items(path: string): readonly object[] {
        if (path.endsWith("/jobs")) {
            return this.state.job ? [this.state.job] : [];
        }
        return (path.endsWith("/pods") ? this.state.pods : this.state.events) ?? [];
    }

    private answer({ pathname, searchParams }: URL, response: ServerResponse): void {
        const isWatch = searchParams.get("watch") === "true";
        this.requests.push(`${isWatch ? "watch " : ""}${pathname}`);
        if (/\/(jobs|pods|events)$/.test(pathname)) {
            this.selectors.push(searchParams.get("fieldSelector") ?? searchParams.get("labelSelector") ?? "");
        }
        const status = this.fault(pathname, isWatch);
        response.setHeader("content-type", "application/json");
        if (status !== undefined) {
            response.writeHead(status).end(JSON.stringify({ kind: "Status", code: status, message: "as told" }));
        } else if (isWatch) {
            this.watch(pathname, Number(searchParams.get("resourceVersion")), response);
        } else if (pathname.endsWith("/log")) {
            const pod = pathname.split("/").at(-2) ?? "";
            this.answerLog(`${pod}/${searchParams.get("container") ?? ""}`, searchParams, response);
        } else if (pathname.startsWith("/apis/metrics.k8s.io/")) {
            const containers = this.usage.get(pathname.split("/").at(-1) ?? "");
            response.writeHead(containers ? 200 : 404).end(JSON.stringify({ kind: "PodMetrics", containers }));
        } else if (pathname.startsWith("/api/v1/nodes/")) {
            const labels = this.nodes.get(pathname.split("/").at(-1) ?? "");
            response.writeHead(labels ? 200 : 404).end(JSON.stringify({ kind: "Node", metadata: { labels } }));
        } else {
            const metadata = { resourceVersion: String(this.version) };
            response.end(JSON.stringify({ kind: "List", apiVersion: "v1", metadata, items: this.items(pathname) }));
        }
    }

    private answerLog(name: string, query: URLSearchParams, response: ServerResponse): void {
        const text = this.logs.get(name);
        response.setHeader("content-type", "text/plain");
        if (text === undefined) {
            response.writeHead(404).end("no such log");
            return;
        }
        const since = query.get("sinceTime");
        // As a kubelet does, whole seconds count.
        const seconds = since === null ? 0 : Math.floor((Date.parse(since) - firstTime) / 1000);
        const from = Math.max(0, seconds) * linesPerSecond;
        const rest = text.split("\n").slice(from).join("\n");
        response.writeHead(200).flushHeaders();
        response.write(query.get("timestamps") === "true" ? stamped(rest, from) : rest);
        if (query.get("follow") === "true" && !this.endedLogs.has(name)) {
            const follower = { name, response };
            this.followers.add(follower);
            response.on("close", () => this.followers.delete(follower));
        } else {
            response.end();
        }
    }

    private watch(path: string, from: number, response: ServerResponse): void {
        response.writeHead(200).flushHeaders();
        const watch = { path, response };
        this.watches.add(watch);
        response.on("close", () => this.watches.delete(watch));
        // What happened between the list and the watch is not lost.
        if (from < this.version) {
            response.write(`${JSON.stringify({ type: "MODIFIED", object: this.items(path)[0] ?? {} })}\n`);
        }
    }
}

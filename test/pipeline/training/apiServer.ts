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

export class ApiServer {
    /** `pod/container` → log. */
    readonly logs = new Map<string, string>();
    /** Paths of all requests so far; `watch` in front of a watch's. */
    readonly requests: string[] = [];
    /** Answers a request with this status instead. */
    fault: (path: string) => number | undefined = () => undefined;
    private state: ClusterState;
    private version = 1;
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
        const status = this.fault(pathname);
        response.setHeader("content-type", "application/json");
        if (status !== undefined) {
            response.writeHead(status).end(JSON.stringify({ kind: "Status", code: status, message: "as told" }));
        } else if (isWatch) {
            this.watch(pathname, Number(searchParams.get("resourceVersion")), response);
        } else if (pathname.endsWith("/log")) {
            const pod = pathname.split("/").at(-2) ?? "";
            const text = this.logs.get(`${pod}/${searchParams.get("container") ?? ""}`);
            response.writeHead(text === undefined ? 404 : 200, { "content-type": "text/plain" }).end(text);
        } else {
            const metadata = { resourceVersion: String(this.version) };
            response.end(JSON.stringify({ kind: "List", apiVersion: "v1", metadata, items: this.items(pathname) }));
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

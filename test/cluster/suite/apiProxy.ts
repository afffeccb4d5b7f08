// A way to the API server on which a test can stop a request's answer: what was asked has happened, and nobody hears it.
import { readFile, writeFile } from "node:fs/promises";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { parse, stringify } from "yaml";

interface Kubeconfig {
    readonly clusters: readonly { readonly name: string; readonly cluster: Cluster }[];
}

interface Cluster {
    readonly server: string;
    readonly "certificate-authority": string;
}

export class ApiProxy {
    /** Its own, for the user of the one that it was made from. */
    readonly kubeconfig: string;
    /** Requests whose answer is withheld, such as `POST /secrets`. */
    withheld = (_request: string): boolean => false;
    /** Called when one of these has happened. */
    onWithheld = (): void => undefined;

    private constructor(kubeconfig: string) {
        this.kubeconfig = `${kubeconfig}.proxy`;
    }

    static async start(kubeconfig: string): Promise<ApiProxy> {
        const proxy = new ApiProxy(kubeconfig);
        const config = parse(await readFile(kubeconfig, "utf8")) as Kubeconfig;
        const [{ name, cluster }] = config.clusters as [Kubeconfig["clusters"][0]];
        const ca = await readFile(cluster["certificate-authority"]);
        const server = http.createServer((request, response) => {
            proxy.#pass(new URL(request.url ?? "", cluster.server), ca, request, response);
        });
        await new Promise<void>((resolve) => {
            server.listen(0, "127.0.0.1", resolve);
        });
        after(() => {
            server.closeAllConnections();
            server.close();
        });
        const { port } = server.address() as AddressInfo;
        const own = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
        await writeFile(proxy.kubeconfig, stringify({ ...config, clusters: [{ name, cluster: own }] }));
        return proxy;
    }

    #pass(url: URL, ca: Buffer, request: IncomingMessage, response: ServerResponse): void {
        const { method = "GET", headers } = request;
        const hold = this.withheld(`${method} ${url.pathname}`) && !url.search.includes("dryRun");
        const passed = https.request(url, { method, headers, ca }, (answer) => {
            if (hold) {
                this.onWithheld();
                return;
            }
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(response);
        });
        passed.on("error", () => response.destroy());
        response.on("close", () => passed.destroy());
        request.pipe(passed);
    }
}

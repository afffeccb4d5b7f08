// Real servers that are no S3 server, or not in reach.
import assert from "node:assert/strict";
import { once } from "node:events";
import http, { type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { after, describe, it } from "node:test";
import { freePort } from "../../../../demo/s3Server.ts";
import { startProxy, startS3 } from "../../../pipeline/fixtures/s3.ts";
import { ask, type Experiment, onS3 } from "./asked.ts";
import { setVariables } from "./shell.ts";
import { startTlsS3 } from "./tlsS3.ts";

const { connection } = await startS3();
const { endpoint = "" } = connection;

async function listen(server: Server): Promise<string> {
    await once(server.listen(0, "127.0.0.1"), "listening");
    after(() => server.close());
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Ends with the test's file, whatever it has not answered yet. */
function listenOnTcp(answer: (socket: Socket) => void): Promise<string> {
    const sockets: Socket[] = [];
    after(() => {
        for (const socket of sockets) socket.destroy();
    });
    return listen(
        createServer((socket) => {
            sockets.push(socket);
            answer(socket);
        }),
    );
}

async function listenOnHttp(answer: RequestListener): Promise<string> {
    const server = http.createServer(answer);
    after(() => {
        server.closeAllConnections();
    });
    return `http://${await listen(server)}`;
}

/** What the endpoint's check finds; all others but that of the pods' address must leave it to this one. */
async function lookAt(address: string, more: Partial<Experiment> = {}): Promise<string> {
    const said = await ask({ ...onS3, s3: { ...connection, endpoint: address }, ...more });
    const [, finding = "", ...rest] = said.get("endpoint") ?? [];
    assert.deepEqual(rest, []);
    for (const name of ["credentials", "bucket", "rights", "ownership", "clock"]) {
        assert.deepEqual(said.get(name), ["skipped: the S3 server cannot be reached"], name);
    }
    return finding.replaceAll(address, "ADDRESS");
}

const place = "sandbox.cfg:11: [luigi_s3] endpoint_url:";

describe("an address where no S3 server answers", () => {
    it("may have nothing that listens", async () => {
        const finding = await lookAt(`http://127.0.0.1:${await freePort()}`);
        assert.equal(
            finding,
            `error: ${place} nothing listens at ADDRESS (correct host and port, or start the server)`,
        );
    });

    it("may be silent, which is told once and in time", async () => {
        const address = `http://${await listenOnTcp(() => undefined)}`;
        const finding = await lookAt(address, { answerWithinMs: 200 });
        const advice = "is the port right, and open to this machine?";
        assert.equal(finding, `warning: ${place} ADDRESS does not answer within 0.2 s (${advice})`);
    });

    it("may speak something else than HTTP", async () => {
        const address = `http://${await listenOnTcp((socket) => socket.end("SSH-2.0-OpenSSH_9.2p1\r\n"))}`;
        const advice = "correct the port, or write https:// if it speaks that";
        assert.equal(await lookAt(address), `error: ${place} ADDRESS does not speak HTTP (${advice})`);
    });

    it("may have a web page", async () => {
        const page = "<!DOCTYPE html><html><body><p>MinIO Console</p></body></html>";
        const address = await listenOnHttp((_, response) => response.setHeader("content-type", "text/html").end(page));
        const advice = "write the address of its S3 service, not of its web site or console";
        assert.equal(
            await lookAt(address),
            `error: ${place} ADDRESS is no S3 server: it answers with a web page (${advice})`,
        );
    });

    it("may have a service of another kind", async () => {
        const address = await listenOnHttp((_, response) => {
            response
                .writeHead(404, { "content-type": "application/json; charset=utf-8" })
                .end('{"detail":"Not Found"}');
        });
        assert.match(
            await lookAt(address),
            /ADDRESS is no S3 server: it answers with HTTP 404 and application\/json \(/,
        );
    });

    it("may send everyone on to another", async () => {
        const address = await listenOnHttp(({ url = "" }, response) => {
            response.writeHead(301, { location: `https://s3.example.org${url}` }).end();
        });
        assert.equal(
            await lookAt(address),
            `error: ${place} ADDRESS sends everyone on to https://s3.example.org (write https://s3.example.org)`,
        );
    });

    it("may have a gateway whose server is down, which is no reason to change anything", async () => {
        const address = await listenOnHttp((_, response) => {
            response.writeHead(503, { "content-type": "text/html" }).end("<html><h1>503</h1></html>");
        });
        assert.equal(
            await lookAt(address),
            `warning: ${place} ADDRESS answers HTTP 503 (it may be overloaded or down; try later)`,
        );
    });

    it("may speak http and not https", async () => {
        const address = endpoint.replace("http:", "https:");
        assert.equal(await lookAt(address), `error: ${place} ADDRESS does not speak https (write ${endpoint})`);
    });

    it("may have a certificate that nobody here trusts, and speaks no http", async () => {
        const address = await startTlsS3();
        const advice = "name the file of its authority in NODE_EXTRA_CA_CERTS; pods have to trust it too";
        assert.equal(
            await lookAt(address),
            `error: ${place} the certificate of 127.0.0.1 is signed by nobody that this machine trusts (${advice})`,
        );
        assert.equal(
            await lookAt(address.replace("https:", "http:")),
            `error: ${place} ADDRESS closes the connection (correct the port, or http:// and https://)`,
        );
    });

    it("may be one that a proxy for another protocol explains", async () => {
        const body = "<html><center>The plain HTTP request was sent to HTTPS port</center></html>";
        const address = await listenOnHttp((_, response) => {
            response.writeHead(400, { "content-type": "text/html" }).end(body);
        });
        assert.equal(
            await lookAt(address),
            `error: ${place} ADDRESS speaks https (write ${address.replace("http:", "https:")})`,
        );
    });
});

describe("an address that this shell gives", () => {
    it("may be none", async (test) => {
        setVariables(test, { AWS_ENDPOINT_URL: "s3.example.org" });
        const said = await ask({ ...onS3, run: "s3://data/first/training" });
        assert.deepEqual(
            said.get("endpoint")?.[1],
            [
                "error: sandbox.cfg:11: [luigi_s3] endpoint_url: is not set, and AWS_ENDPOINT_URL or this machine's AWS profile " +
                    "name no address: Invalid URL (write the address of the S3 server)",
            ].join(),
        );
        assert.deepEqual(said.get("endpoint for pods"), ["skipped: the S3 server cannot be reached"]);
    });
});

describe("an S3 server", () => {
    it("is told from other servers by Ceph's kind of request ids too, and then named", async () => {
        const requestId = "tx0000042f59f998bacfa26-006b064b55-1008-default";
        const address = await listenOnHttp((_, response) => {
            response.writeHead(403, { server: "nginx/1.26", "x-amz-request-id": requestId }).end();
        });
        const said = await ask({ ...onS3, s3: { ...connection, endpoint: address } });
        assert.deepEqual(said.get("endpoint"), [`passed: Ceph at ${address}`]);
    });

    it("may be behind a gateway that turns away all without a signature", async () => {
        const proxy = await startProxy(endpoint);
        const body = "<html><h1>403 Forbidden</h1></html>";
        proxy.plan = (_, url) => (url.endsWith("?location") ? { type: "answer", status: 403, body } : undefined);
        const said = await ask({ ...onS3, s3: { ...connection, endpoint: proxy.endpoint } });
        assert.deepEqual(said.get("endpoint"), [`passed: an S3 server at ${proxy.endpoint}`]);
        assert.deepEqual(said.get("bucket"), ["passed: data"]);
    });

    it("is taken from this shell's variable when the cfg names none", async (test) => {
        setVariables(test, { AWS_ENDPOINT_URL: endpoint });
        const { accessKeyId = "", secretAccessKey = "" } = connection;
        const said = await ask({ ...onS3, s3: { accessKeyId, secretAccessKey } });
        assert.deepEqual(said.get("endpoint"), [`passed: Werkzeug at ${endpoint}`]);
        assert.deepEqual(said.get("bucket"), ["passed: data"]);
    });
});

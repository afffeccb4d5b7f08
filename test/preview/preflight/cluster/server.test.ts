// An API server that cannot be asked: each way of it has words of its own, and nobody else asks then.
import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import { freePort } from "../../../../demo/s3Server.ts";
import { ClusterAccess } from "../../../../preview/preflight/cluster/access.ts";
import { ask, subjectOf, toldBy } from "./asked.ts";
import { hour, kubeconfig, makeCertificate } from "./kubeconfigs.ts";

type Certificate = Awaited<ReturnType<typeof makeCertificate>>;

const now = Date.now();
const good = await makeCertificate(new Date(now - hour), new Date(now + 24 * hour));
const expired = await makeCertificate(new Date("2020-01-01"), new Date("2020-02-01"));
const elsewhere = await makeCertificate(new Date(now - hour), new Date(now + 24 * hour), "127.0.0.2");
const trusting = ({ cert }: Certificate) => ({ "certificate-authority-data": Buffer.from(cert).toString("base64") });

/** A server with that certificate; it ends after the tests of the file. */
async function serve({ cert, private: key }: Certificate, answer: RequestListener): Promise<string> {
    const server = https.createServer({ cert, key }, answer);
    await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve);
    });
    after(() => {
        server.closeAllConnections();
        server.close();
    });
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const status =
    (code: number, body: object = {}): RequestListener =>
    (_, response) => {
        response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
    };

describe("a server", () => {
    const rows: Readonly<Record<string, () => Promise<readonly [string, object, RegExp]>>> = {
        "that does not run": async () => [
            `https://127.0.0.1:${await freePort()}`,
            {},
            /^error: .* refuses connections \(ECONNREFUSED\) \(is it running, and is the port right\?\)$/,
        ],
        "whose name nobody knows": () =>
            Promise.resolve([
                "https://no-such-host.invalid",
                {},
                /^error: .* has a name that is not known here \((ENOTFOUND|EAI_AGAIN)\) \(is this machine on the network, or its VPN\?\)$/,
            ]),
        "with a certificate of its own": async () => [
            await serve(good, status(200)),
            {},
            /^error: .* shows a certificate that is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\) \(check certificate-authority of the cluster\)$/,
        ],
        "with a certificate that has run out": async () => [
            await serve(expired, status(200)),
            trusting(expired),
            /^error: .* shows a certificate that has expired \(CERT_HAS_EXPIRED\) \(tell the people who run the cluster\)$/,
        ],
        "with a certificate for another address": async () => [
            await serve(elsewhere, status(200)),
            trusting(elsewhere),
            /^error: .* shows a certificate for other names \(ERR_TLS_CERT_ALTNAME_INVALID\) \(is the address right\?\)$/,
        ],
        "without TLS": () =>
            Promise.resolve(["http://127.0.0.1:9", {}, /^error: .* cannot be asked: HTTP protocol is not allowed .*$/]),
        "that does not know the user": async () => [
            await serve(good, status(401)),
            trusting(good),
            /^error: .* does not accept the credentials of the user ada-nautilus \(HTTP 401\) \(log in again, or get a new kubeconfig\)$/,
        ],
        "that has no time": async () => [
            await serve(good, status(503, { message: "etcd has no leader" })),
            trusting(good),
            /^warning: .* cannot answer now: etcd has no leader \(HTTP 503\) \(try again later\)$/,
        ],
    };
    for (const [name, prepare] of Object.entries(rows)) {
        it(`${name} is told, once`, async () => {
            const [server, cluster, words] = await prepare();
            const said = await ask({ kubeconfig: kubeconfig({ server, cluster }) });
            const [first = "", finding = "", ...more] = said.get("server") ?? [];
            assert.match(first, /^(failed|warned): the server http/);
            assert.match(finding, words);
            assert.deepEqual(more, []);
            for (const other of ["namespace", "rights", "quota", "limit ranges", "nodes"]) {
                assert.deepEqual(said.get(other), ["skipped: the cluster cannot be asked"]);
            }
        });
    }

    it("that keeps its version to itself is asked on", async () => {
        const server = await serve(good, status(403));
        const said = await ask({ kubeconfig: kubeconfig({ server, cluster: trusting(good) }) });
        assert.deepEqual(said.get("server"), [`passed: ${server}, which does not tell its version`]);
        assert.deepEqual(said.get("nodes"), [
            "unknown: you may not list nodes",
            "unknown: you may not list nodes, so whether one can take the pod is not known",
        ]);
    });

    it("that does not answer is not waited for", async () => {
        const server = await serve(good, () => undefined);
        const access = new ClusterAccess(
            subjectOf({ kubeconfig: kubeconfig({ server, cluster: trusting(good) }) }),
            AbortSignal.timeout(200),
        );
        const signal = new AbortController().signal;
        const [finding = ""] = toldBy(await access.server(signal));
        assert.match(finding, /^warning: .* did not answer in time \(is a VPN or a proxy needed\?\)$/);
        await assert.rejects(access.connection(signal), { name: "Blocked", message: "the cluster cannot be asked" });
    });
});

// What is wrong with a kubeconfig is said before the cluster is asked, and nobody else asks then.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { clusterChecks } from "../../../../preview/preflight/cluster/checks.ts";
import { temporaryDirectory } from "../../../components/fixture.ts";
import { ask, subjectOf } from "./asked.ts";
import { file, hour, kubeconfig, makeCertificate, tokenUntil } from "./kubeconfigs.ts";

const expired = await makeCertificate(new Date("2020-01-01"), new Date("2020-02-01"));
const good = await makeCertificate(new Date(Date.now() - hour), new Date(Date.now() + 24 * hour));
const base64 = (text: string) => Buffer.from(text).toString("base64");
const again = "\\(log in again, or get a new kubeconfig\\)";

describe("a kubeconfig", () => {
    const missing = "/nowhere/kubeconfig";
    const folder = temporaryDirectory();
    const rows: Readonly<Record<string, readonly [string, RegExp]>> = {
        "that is missing": [
            missing,
            /^error: \/nowhere\/kubeconfig: the kubeconfig cannot be read: there is no such file \(get one from the people who run the cluster, or set KUBECONFIG\)$/,
        ],
        "that is a folder": [folder, /: the kubeconfig cannot be read: it is a directory$/],
        "that is empty": [file(""), /: the kubeconfig cannot be read: .*empty$/],
        "that holds nothing": [file("~"), /: it holds no kubeconfig$/],
        "that is no YAML": [
            file("users:\n  - name: x\n   token: CANARY\n"),
            /: the kubeconfig cannot be read: [^\n]*\(3:4\)$/,
        ],
        "without a cluster's address": [
            file("clusters: [{name: a, cluster: {}}]"),
            /: the kubeconfig cannot be read: clusters\[0\].cluster.server is missing$/,
        ],
        "without the context": [
            kubeconfig({ name: "nautilis" }),
            /^error: stacks\/Pulumi\.test\.yaml: aframe:kubernetes\.context: the kubeconfig has no context nautilus; it has nautilis \(did you mean nautilis\?\)$/,
        ],
        "whose context names a cluster that is not there": [
            kubeconfig({ context: { cluster: "main-nautilos" } }),
            /: the context nautilus names the cluster main-nautilos, which is not there; there is main-nautilus \(did you mean main-nautilus\?\)$/,
        ],
        "whose context names a user that is not there": [
            kubeconfig({ context: { user: "bob" } }),
            /: the context nautilus names the user bob, which is not there; there is ada-nautilus$/,
        ],
        "whose context names no user": [kubeconfig({ context: { user: "" } }), /: the context nautilus names no user$/],
        "whose authority's certificate is missing": [
            kubeconfig({ cluster: { "certificate-authority": "ca.crt" } }),
            /: certificate-authority: \/\S+\/ca\.crt cannot be read: there is no such file$/,
        ],
        "whose user's certificate is missing": [
            kubeconfig({ user: { "client-certificate": "/nowhere/ada.crt" } }),
            /: client-certificate: \/nowhere\/ada\.crt cannot be read: there is no such file$/,
        ],
        "whose user's key is missing": [
            kubeconfig({ user: { "client-certificate-data": base64(good.cert), "client-key": "/nowhere/ada.key" } }),
            /: client-key: \/nowhere\/ada\.key cannot be read: there is no such file$/,
        ],
        "whose user's certificate is something else": [
            kubeconfig({ user: { "client-certificate-data": base64("CANARY") } }),
            /: the user ada-nautilus has a client certificate that is none \(get a new kubeconfig\)$/,
        ],
        "whose user's certificate has run out": [
            kubeconfig({ user: { "client-certificate": file(expired.cert), "client-key": file(expired.private) } }),
            new RegExp(
                `: the certificate of the user ada-nautilus expired \\d+ years ago, at 2020-02-01T00:00:00.000Z ${again}$`,
            ),
        ],
        "whose token has run out": [
            kubeconfig({ user: { token: tokenUntil(new Date("2026-01-01")) } }),
            new RegExp(`: the token of the user ada-nautilus expired .* ago, at 2026-01-01T00:00:00.000Z ${again}$`),
        ],
        "beside another of the same names": [
            [kubeconfig(), kubeconfig()].join(path.delimiter),
            /: the kubeconfig cannot be read: Duplicate cluster: main-nautilus$/,
        ],
    };
    for (const [name, [given, words]] of Object.entries(rows)) {
        it(`${name} is told, once, and the cluster is not asked`, async () => {
            const said = await ask({ kubeconfig: given });
            const [status = "", finding = "", ...more] = said.get("kubeconfig") ?? [];
            assert.match(status, /^failed: /);
            assert.match(finding, words);
            assert.deepEqual(more, []);
            assert.ok(![...said.values()].flat().some((text) => text.includes("CANARY")));
            said.delete("kubeconfig");
            assert.deepEqual(new Set([...said.values()].flat()), new Set(["skipped: the kubeconfig cannot be used"]));
        });
    }

    it("is told with the server it leads to when all is right", async () => {
        const user = { "client-certificate-data": base64(good.cert), "client-key-data": base64(good.private) };
        const given = kubeconfig({ user, cluster: { "certificate-authority": file(good.cert) } });
        const said = await ask({ kubeconfig: given });
        assert.deepEqual(said.get("kubeconfig"), [`passed: nautilus in ${given}: ada-nautilus at https://127.0.0.1:9`]);
    });

    it("whose token runs out soon is used all the same", async () => {
        const given = kubeconfig({ user: { token: tokenUntil(new Date(Date.now() + hour)) } });
        const said = await ask({ kubeconfig: given });
        assert.match(said.get("kubeconfig")?.[1] ?? "", /^warning: .*the token of the user ada-nautilus expires in /);
        assert.match(said.get("server")?.[0] ?? "", /^failed: /);
    });

    it("may be one of several files", async () => {
        const given = [kubeconfig({ name: "other" }), kubeconfig()].join(path.delimiter);
        assert.match((await ask({ kubeconfig: given })).get("kubeconfig")?.[0] ?? "", /^passed: nautilus in /);
    });

    it("is looked for at home when KUBECONFIG is not set", async () => {
        const home = temporaryDirectory();
        assert.match((await ask({ home })).get("kubeconfig")?.[1] ?? "", new RegExp(`^error: ${home}/.kube/config: `));
        mkdirSync(path.join(home, ".kube"));
        writeFileSync(path.join(home, ".kube/config"), "{}");
        assert.match((await ask({ home })).get("kubeconfig")?.[1] ?? "", /it has none$/);
    });
});

describe("the checks of Kubernetes", () => {
    it("are not asked of a training on this machine", () => {
        assert.deepEqual(clusterChecks(subjectOf({ run: "/data/training", trainData: "/data/train" })), []);
    });

    it("ask for a storage class only with a volume", () => {
        const names = (stack: object) => clusterChecks(subjectOf({ stack })).map(({ name }) => name);
        const usual = ["kubeconfig", "server", "namespace", "rights", "quota", "limit ranges", "nodes"];
        assert.deepEqual(names({}), usual);
        const volume = { storageClassName: "fast", size: "1Gi" };
        assert.deepEqual(new Set(names({ volume })), new Set([...usual, "storage class"]));
    });
});

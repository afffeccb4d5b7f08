// What is asked of a real cluster before anything runs there, by people with more and with fewer rights.
import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { parse, stringify } from "yaml";
import { freePort } from "../../../demo/s3Server.ts";
import { ClusterAccess } from "../../../preview/preflight/cluster/access.ts";
import { checkRights, type Right, rightsNeeded } from "../../../preview/preflight/cluster/rights.ts";
import { ask, type Experiment, type Said, subjectOf, toldBy } from "../../preview/preflight/cluster/asked.ts";
import { tokenUntil } from "../../preview/preflight/cluster/kubeconfigs.ts";
import { ApiProxy } from "./apiProxy.ts";
import { Namespace } from "./namespace.ts";
import { addOnlooker } from "./onlooker.ts";

const namespace = await Namespace.make("preflight");
const onlooker = await addOnlooker(namespace);
const proxy = await ApiProxy.start(onlooker);

interface Change {
    readonly namespace?: string;
    readonly storageClassName?: string;
    readonly train?: Readonly<Record<string, string>>;
}

function experiment(kubeconfig: string, change: Change = {}): Experiment {
    const { storageClassName = "aframe-local", train = {} } = change;
    const kubernetes = { context: "aframe-test", namespace: change.namespace ?? namespace.name };
    const volume = { storageClassName, size: "1Gi" };
    return { kubeconfig, stack: { kubernetes, volume, settings: { luigi_Train: train } } };
}

async function askOne(name: string, kubeconfig: string, change?: Change): Promise<Said> {
    return (await ask(experiment(kubeconfig, change))).get(name) ?? [];
}

interface File {
    readonly clusters: readonly [{ readonly name: string; readonly cluster: object }];
    readonly users: readonly [{ readonly name: string; readonly user: { readonly token: string } }];
}

/** Another kubeconfig for the same user, who logs in or goes there in another way. */
async function changed(kubeconfig: string, name: string, { user, cluster }: { user?: object; cluster?: object }) {
    const file = parse(await readFile(kubeconfig, "utf8")) as File;
    const clusters = file.clusters.map((one) => ({ ...one, cluster: { ...one.cluster, ...cluster } }));
    const users = file.users.map((one) => ({ ...one, user: user ?? one.user }));
    await writeFile(`${kubeconfig}.${name}`, stringify({ ...file, clusters, users }));
    return `${kubeconfig}.${name}`;
}

const place = "stacks/Pulumi.test.yaml: aframe:";

describe("before a training, the cluster", () => {
    it("finds nothing in the way of a user with the published Role, who may not look at everything", async (t) => {
        const started = performance.now();
        const said = await ask(experiment(namespace.kubeconfig));
        t.diagnostic(`asked within ${((performance.now() - started) / 1000).toFixed(1)} s`);
        const first = new Map([...said].map(([name, [status = ""]]) => [name, status]));
        assert.match(first.get("kubeconfig") ?? "", /^passed: aframe-test in .*: researcher at https:/);
        assert.match(first.get("server") ?? "", /^passed: Kubernetes v1\./);
        assert.match(first.get("rights") ?? "", /^passed: (\d+) of \1 rights in the namespace aframe-preflight-/);
        assert.equal(first.get("namespace"), "unknown: you may not get namespaces");
        assert.equal(first.get("quota"), "unknown: you may not list resourcequotas");
        assert.equal(first.get("limit ranges"), "unknown: you may not list limitranges");
        assert.equal(first.get("storage class"), "unknown: you may not get storageclasses");
        assert.equal(first.get("nodes"), "unknown: you may not list nodes");
        assert.equal(first.size, 8);
    });

    it("shows more to a user who may look, and changes by none of it", async () => {
        const requests: string[] = [];
        proxy.withheld = (request) => {
            requests.push(request);
            return false;
        };
        const before = await namespace.names();
        const said = await ask(experiment(proxy.kubeconfig));
        assert.deepEqual(said.get("namespace"), [`passed: ${namespace.name}`]);
        assert.deepEqual(said.get("quota"), [`passed: no quota in the namespace ${namespace.name}`]);
        assert.deepEqual(said.get("limit ranges"), ["passed: none in the namespace"]);
        assert.match(said.get("storage class")?.[0] ?? "", /^passed: aframe-local by \S+$/);
        assert.match(said.get("nodes")?.[0] ?? "", /^passed: [1-9]\d* of \d+ nodes could take the pod$/);
        assert.ok(requests.length > 20, requests.join("\n"));
        const questions = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        assert.deepEqual(
            requests.filter((request) => !request.startsWith("GET ") && request !== questions),
            [],
        );
        assert.deepEqual(await namespace.names(), before);
    });

    it("is asked with the token of a plugin", async () => {
        const { users } = parse(await readFile(namespace.kubeconfig, "utf8")) as File;
        const program = `${namespace.kubeconfig}.plugin.sh`;
        const credential = JSON.stringify({ kind: "ExecCredential", status: users[0].user });
        await writeFile(program, `#!/bin/sh\necho '${credential}'\n`);
        await chmod(program, 0o700);
        const exec = { apiVersion: "client.authentication.k8s.io/v1", command: program };
        const kubeconfig = await changed(namespace.kubeconfig, "plugin", { user: { exec } });
        assert.match((await askOne("rights", kubeconfig))[0] ?? "", /^passed: /);
    });

    it("is told apart from one where the user has no namespace of that name", async () => {
        const name = `${namespace.name}x`;
        const [, absent = ""] = await askOne("namespace", onlooker, { namespace: name });
        assert.ok(
            absent.startsWith(`error: ${place}kubernetes.namespace: there is no namespace ${name} (did you mean `),
        );
        assert.deepEqual((await askOne("rights", namespace.kubeconfig, { namespace: name })).slice(1), [
            `error: ${place}kubernetes.namespace: you may do nothing in the namespace ${name}; is it yours? (did you mean ${namespace.name}?)`,
        ]);
    });

    it("says which storage class and which GPUs there are instead", async () => {
        const [, storage = ""] = await askOne("storage class", onlooker, { storageClassName: "aframe-locl" });
        assert.match(
            storage,
            /volume\.storageClassName: there is no storage class aframe-locl; there is .*\(did you mean aframe-local\?\)$/,
        );
        const [, gpus = ""] = await askOne("nodes", onlooker, { train: { request_gpus: "64" } });
        assert.match(
            gpus,
            /request_gpus: the pod asks for 64 GPUs, and the largest of the cluster's nodes has \d+ GPUs \(at most \d+\)$/,
        );
    });

    it("does not know a user who is gone, nor a token that has run out", async () => {
        const kubeconfig = `${namespace.kubeconfig}.leaver`;
        await namespace.addUser("leaver", kubeconfig);
        const late = await changed(kubeconfig, "late", { user: { token: tokenUntil(new Date("2026-01-01")) } });
        assert.match((await askOne("kubeconfig", late))[1] ?? "", /^error: .*the token of the user leaver expired /);
        await namespace.kubectl(["delete", "serviceaccount", "leaver"]);
        const said = await namespace.until("the end of the user", async () => {
            const [, finding] = await askOne("server", kubeconfig);
            return finding;
        });
        assert.match(said, /^error: .* does not accept the credentials of the user leaver \(HTTP 401\)/);
    });

    it("cannot be asked where it does not listen", async () => {
        const server = `https://127.0.0.1:${await freePort()}`;
        const kubeconfig = await changed(namespace.kubeconfig, "elsewhere", { cluster: { server } });
        assert.match((await askOne("server", kubeconfig))[1] ?? "", / refuses connections \(ECONNREFUSED\)/);
    });
});

describe("a user who lacks one right", () => {
    const without = async (lacking: Right, all: readonly Right[]) => {
        const rules = all
            .filter((right) => right !== lacking)
            .map(({ verb, resource, group }) => ({ apiGroups: [group], resources: [resource], verbs: [verb] }));
        await namespace.kubectl(["apply", "-f", "-"], {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "Role",
            metadata: { name: "lacking" },
            rules,
        });
    };

    it("is told which, and as whom to ask for it", { timeout: 240_000 }, async () => {
        const kubeconfig = `${namespace.kubeconfig}.lacking`;
        const subject = subjectOf(experiment(kubeconfig));
        const signal = AbortSignal.timeout(240_000);
        const all = await rightsNeeded(subject.settings);
        await namespace.addUser("lacking", kubeconfig, "lacking");
        const connection = await new ClusterAccess(subject, signal).connection(signal);
        for (const right of all) {
            await without(right, all);
            const { verb, resource, group } = right;
            const what = `you may not ${verb} ${resource} in the namespace ${namespace.name}`;
            const kind = [resource, group].filter(Boolean).join(".");
            const whom = `system:serviceaccount:${namespace.name}:lacking`;
            const found = await namespace.until(`the loss of ${verb} ${resource}`, async () => {
                const [finding, ...more] = toldBy(await checkRights(connection, subject, signal));
                return more.length === 0 && finding?.includes(what) && finding;
            });
            assert.ok(found.endsWith(`(ask for the verb ${verb} on ${kind} for ${whom}, see docs/role.yaml)`), found);
            const isNeedless = verb === "watch" || resource === "events" || resource === "pods/log";
            assert.ok(found.startsWith(isNeedless ? "warning: " : "error: "), found);
        }
    });
});

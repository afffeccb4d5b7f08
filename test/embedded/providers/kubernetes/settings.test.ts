import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { connect } from "../../../../embedded/providers/kubernetes/kubeconfig.ts";
import { checkSettings, replacingSettings } from "../../../../embedded/providers/kubernetes/settings.ts";

function kubeconfig(server: string, contexts: readonly string[]): string {
    return JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: server, cluster: { server: `https://${server}` } }],
        users: [{ name: server, user: { token: "x" } }],
        contexts: contexts.map((name) => ({
            name,
            context: { cluster: server, user: server, namespace: `of-${name}` },
        })),
        "current-context": contexts[0],
    });
}

test("a kubeconfig is given as contents, as a path or as several paths", async (t) => {
    const directory = await mkdtemp(path.join(tmpdir(), "kubeconfig-"));
    t.after(() => rm(directory, { recursive: true }));
    const [one, two] = [path.join(directory, "one"), path.join(directory, "two")];
    await writeFile(one, kubeconfig("one.example", ["a"]));
    await writeFile(two, kubeconfig("two.example", ["b"]));
    const serverAndNamespace = (config: Record<string, string>): readonly string[] => {
        const { server, namespace } = connect(config);
        return [server, namespace];
    };
    assert.deepEqual(serverAndNamespace({ kubeconfig: kubeconfig("one.example", ["a"]) }), [
        "https://one.example",
        "of-a",
    ]);
    assert.deepEqual(serverAndNamespace({ kubeconfig: two }), ["https://two.example", "of-b"]);
    const both = `${one}${path.delimiter}${two}`;
    assert.deepEqual(serverAndNamespace({ kubeconfig: both }), ["https://one.example", "of-a"]);
    assert.deepEqual(serverAndNamespace({ kubeconfig: both, context: "b" }), ["https://two.example", "of-b"]);
});

test("a context that does not exist is refused with those that do", () => {
    const config = { kubeconfig: kubeconfig("one.example", ["a", "b"]), context: "c" };
    assert.throws(() => connect(config), /the kubeconfig has no context "c"; it has a, b/);
});

test("only another cluster replaces the provider, and its identifier says which it is", async () => {
    const one = { kubeconfig: kubeconfig("one.example", ["a", "b"]) };
    const two = { kubeconfig: kubeconfig("two.example", ["a"]) };
    assert.deepEqual(await replacingSettings(one, { ...one, context: "b" }), []);
    assert.deepEqual(await replacingSettings(one, two), ["kubeconfig"]);
    const named = { clusterIdentifier: "nautilus" };
    assert.deepEqual(await replacingSettings({ ...one, ...named }, { ...two, ...named }), []);
    assert.deepEqual(await replacingSettings({ ...one, ...named }, { ...one, clusterIdentifier: "x" }), [
        "clusterIdentifier",
    ]);
});

test("settings that would change what happens are refused by name, those that are off are not", () => {
    const off = {
        deleteUnreachable: "false",
        upsertExistingObjects: false,
        cluster: "",
        enableServerSideApply: "true",
    };
    assert.deepEqual(checkSettings({ context: "a", namespace: "n", enableSecretMutable: "true", ...off }), []);
    const failures = checkSettings({ renderYamlToDirectory: "out", enableServerSideApply: "false" });
    assert.deepEqual(
        failures.map(({ property }) => property),
        ["renderYamlToDirectory", "enableServerSideApply"],
    );
});

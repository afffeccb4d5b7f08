import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { type PropertyMap, secret, unknownValue } from "../../../../embedded/state/propertyValues.ts";
import { Plugin } from "../plugin.ts";

const main = fileURLToPath(new URL("../../../../embedded/providers/kubernetes/main.ts", import.meta.url));
const Secret = "kubernetes:core/v1:Secret";
const Job = "kubernetes:batch/v1:Job";

describe("the kubernetes provider without a cluster", () => {
    let plugin: Plugin;

    before(async () => {
        plugin = await Plugin.start([process.execPath, main], { KUBECONFIG: "/nonexistent" });
        await plugin.configure({ context: "absent", namespace: "physics", enableSecretMutable: "true" });
    });

    after(() => plugin.stop());

    it("checks what it checked before without asking the cluster", async () => {
        const before = { apiVersion: "v1", kind: "Secret", metadata: { name: "creds", namespace: "physics" } };
        const news = { ...before, metadata: { name: "creds" }, stringData: secret({ key: "value" }) };
        const { inputs } = await plugin.check(Secret, news, before);
        assert.deepEqual(inputs, { ...before, data: secret({ key: "dmFsdWU=" }) });
    });

    it("tells which kubeconfig it misses when it needs the cluster", async () => {
        const check = plugin.check(Secret, { kind: "Secret" });
        await assert.rejects(check, /cannot read the kubeconfig: ENOENT.*'\/nonexistent'/);
    });

    it("refuses what it could not wait for", async () => {
        const annotations = { "pulumi.com/waitFor": "status.startTime" };
        const metadata = { generateName: "train-", annotations, namespace: "physics", name: "train" };
        const { failures } = await plugin.check(Job, { kind: "Job", metadata }, { kind: "Job", metadata });
        assert.match(
            failures.join("\n"),
            /^metadata\.generateName: .*\nmetadata\.annotations\["pulumi\.com\/waitFor"\]: "status/,
        );
    });

    it("replaces a Job whose template changes, the old one first where the program named it", async () => {
        const job = (cpu: string, metadata: PropertyMap): PropertyMap => {
            return { apiVersion: "batch/v1", kind: "Job", metadata, spec: { backoffLimit: 1, template: { cpu } } };
        };
        const own = { name: "train", namespace: "physics" };
        const given = await plugin.diff(Job, job("1", own), job("2", own));
        assert.deepEqual([given.replacesList, given.deletebeforereplace], [["spec.template.cpu"], true]);
        const made = { ...own, annotations: { "pulumi.com/autonamed": "true" } };
        const autonamed = await plugin.diff(Job, job("1", made), job("2", made));
        assert.deepEqual([autonamed.replacesList, autonamed.deletebeforereplace], [["spec.template.cpu"], false]);
        const unknown = await plugin.diff(Job, job("1", own), job(unknownValue, own));
        assert.deepEqual(unknown.replacesList, ["spec.template.cpu"]);
        assert.equal((await plugin.diff(Job, job("1", own), job("1", own))).changes, 1);
    });

    it("changes a Secret in place, as it is told that it may", async () => {
        const creds = (key: string): PropertyMap => ({ apiVersion: "v1", kind: "Secret", data: secret({ key }) });
        const diff = await plugin.diff(Secret, creds("b2xk"), creds("bmV3"));
        assert.deepEqual([diff.diffsList, diff.replacesList], [["data"], []]);
    });

    it("previews an object with unknown parts as the program gives it", async () => {
        const inputs = { apiVersion: "v1", kind: "Secret", data: secret({ key: unknownValue }) };
        assert.deepEqual((await plugin.create(Secret, inputs, true)).state, inputs);
        assert.deepEqual(await plugin.update(Secret, "physics/creds", {}, inputs, true), inputs);
    });

    it("has neither Helm releases, nor patches, nor lists", async () => {
        for (const type of [
            "kubernetes:helm.sh/v3:Release",
            "kubernetes:core/v1:SecretPatch",
            "kubernetes:core/v1:PodList",
        ]) {
            await assert.rejects(plugin.check(type, {}), (error: Error) => error.message.endsWith(`has no ${type}`));
        }
    });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePath } from "../../../../embedded/engine/propertyPath.ts";
import { replaces } from "../../../../embedded/providers/kubernetes/replace.ts";
import { text } from "../../../../embedded/providers/provider.ts";
import type { PropertyMap } from "../../../../embedded/state/propertyValues.ts";

const fixed = { secret: false, configMap: false };
const mutable = { secret: true, configMap: true };
const job = { apiVersion: "batch/v1", kind: "Job" };
const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim" };
const secret = { apiVersion: "v1", kind: "Secret" };
const configMap = { apiVersion: "v1", kind: "ConfigMap" };

const cases: readonly (readonly [PropertyMap, string, boolean])[] = [
    [job, "metadata.name", true],
    [job, "metadata.namespace", true],
    [job, "metadata.labels.app", false],
    [job, 'metadata.annotations["pulumi.com/timeoutSeconds"]', false],
    [job, "spec", true],
    [job, "spec.template", true],
    [job, "spec.template.spec.containers[0].resources.limits.cpu", true],
    [job, "spec.completions", true],
    [job, "spec.parallelism", true],
    [job, "spec.selector.matchLabels.job", true],
    [job, "spec.backoffLimit", false],
    [job, "spec.activeDeadlineSeconds", false],
    [job, "spec.ttlSecondsAfterFinished", false],
    [claim, "spec.accessModes[0]", true],
    [claim, "spec.storageClassName", true],
    [claim, "spec.volumeName", true],
    [claim, "spec.resources.requests.storage", false],
    [{ apiVersion: "apps/v1", kind: "Deployment" }, "spec.selector.matchLabels.app", true],
    [{ apiVersion: "apps/v1", kind: "Deployment" }, "spec.template", false],
    [{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" }, "roleRef.name", true],
    [{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" }, "subjects[0].name", false],
    [{ apiVersion: "example.org/v1", kind: "Job" }, "spec.template", false],
];

for (const [object, path, expected] of cases) {
    const verb = expected ? "replaces" : "updates";
    test(`a change of ${path} ${verb} a ${text(object, "kind")} of ${text(object, "apiVersion")}`, () => {
        assert.equal(replaces(parsePath(path) ?? [], object, fixed), expected);
    });
}

test("the data of a Secret or ConfigMap changes in place only where the provider is told that it may", () => {
    for (const [object, path] of [
        [secret, "data.key"],
        [configMap, "data.key"],
        [configMap, "binaryData.key"],
    ] as const) {
        assert.equal(replaces(parsePath(path) ?? [], object, fixed), true);
        assert.equal(replaces(parsePath(path) ?? [], object, mutable), false);
        assert.equal(replaces(parsePath(path) ?? [], { ...object, immutable: true }, mutable), true);
    }
    assert.equal(replaces(["type"], secret, mutable), true);
});

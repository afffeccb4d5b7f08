import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused } from "../../../../embedded/providers/kubernetes/cluster.ts";
import { explained } from "../../../../embedded/providers/kubernetes/refusals.ts";
import { text } from "../../../../embedded/providers/provider.ts";
import type { PropertyMap } from "../../../../embedded/state/propertyValues.ts";

const object = { kind: "Job", metadata: { namespace: "physics", name: "train" } };

// What an API server of Kubernetes 1.34 answered.
const cases: readonly (readonly [string, number, PropertyMap, RegExp])[] = [
    [
        "create",
        403,
        {
            reason: "Forbidden",
            message:
                'jobs.batch is forbidden: User "me" cannot create resource "jobs" in API group "batch" in the namespace "physics"',
        },
        /^could not create Job physics\/train: you may not create jobs in the namespace physics \(403\): ask for the verb create on jobs\.batch for me$/,
    ],
    [
        "read",
        403,
        {
            reason: "Forbidden",
            message:
                'secrets "a" is forbidden: User "me" cannot get resource "secrets" in API group "" in the namespace "physics"',
        },
        /: you may not get secrets in the namespace physics \(403\): ask for the verb get on secrets for me$/,
    ],
    [
        "create",
        403,
        { reason: "Forbidden", message: 'pods "train" is forbidden: exceeded quota: gpus, requested: 4' },
        /the cluster forbids it \(403\): pods "train" is forbidden: exceeded quota: gpus, requested: 4$/,
    ],
    ["create", 401, { reason: "Unauthorized", message: "Unauthorized" }, /does not accept these credentials \(401\)$/],
    [
        "create",
        409,
        { reason: "AlreadyExists", message: 'jobs.batch "train" already exists' },
        /belongs to another stack or user: choose another name, or import it \(jobs.batch "train" already exists\)$/,
    ],
    [
        "update",
        409,
        {
            reason: "Conflict",
            message: "Apply failed with 1 conflict",
            details: {
                causes: [
                    {
                        reason: "FieldManagerConflict",
                        message: 'conflict with "kubectl-patch" using v1',
                        field: ".spec.backoffLimit",
                    },
                ],
            },
        },
        /others own \.spec\.backoffLimit \(conflict with "kubectl-patch" using v1\): leave them out, or .*patchForce: "true"$/,
    ],
    ["update", 404, { reason: "NotFound", message: 'jobs.batch "train" not found' }, /it is gone: refresh the stack/],
    [
        "create",
        422,
        { reason: "Invalid", message: "spec.template: Required value" },
        /train: spec\.template: Required value$/,
    ],
    ["create", 503, {}, /could not create Job physics\/train: HTTP 503$/],
];

for (const [verb, code, status, message] of cases) {
    test(`an answer ${code} to ${verb} (${text(status, "reason") || "without words"}) says what to do about it`, () => {
        const error = explained(new Refused(code, status), verb, object);
        assert.match((error as Error).message, message);
    });
}

test("an error of another kind stays as it is", () => {
    const error = new Error("broken");
    assert.equal(explained(error, "read", object), error);
});

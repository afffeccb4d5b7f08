import assert from "node:assert/strict";
import { test } from "node:test";
import { takenOver } from "../../../../embedded/providers/kubernetes/ownership.ts";
import type { PropertyMap } from "../../../../embedded/state/propertyValues.ts";

const created = { manager: "pulumi-kubernetes", operation: "Update", fieldsV1: { "f:data": { "f:a": {}, "f:b": {} } } };
const foreign = { manager: "kubectl-patch", operation: "Update", fieldsV1: { "f:data": { "f:c": {} } } };
const holding = (...managedFields: PropertyMap[]): PropertyMap => ({ metadata: { name: "x", managedFields } });

test("the fields of the create move to the manager that applies, those of others stay", () => {
    assert.deepEqual(takenOver(holding(created, foreign), "mine"), [
        { manager: "mine", operation: "Apply", fieldsV1: created.fieldsV1 },
        foreign,
    ]);
});

test("they join what the manager has applied before", () => {
    const applied = {
        manager: "mine",
        operation: "Apply",
        fieldsV1: { "f:data": { ".": {}, "f:d": {} }, "f:type": {} },
    };
    assert.deepEqual(takenOver(holding(applied, created), "mine"), [
        {
            manager: "mine",
            operation: "Apply",
            fieldsV1: { "f:data": { ".": {}, "f:d": {}, "f:a": {}, "f:b": {} }, "f:type": {} },
        },
    ]);
});

test("nothing moves where the create left nothing", () => {
    assert.equal(takenOver(holding(foreign), "mine"), undefined);
    assert.equal(takenOver({}, "mine"), undefined);
});

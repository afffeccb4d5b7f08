import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import {
    inNamespace,
    isAutonamed,
    named,
    normalized,
    pruned,
} from "../../../../embedded/providers/kubernetes/inputs.ts";
import { type PropertyMap, type PropertyValue, unknownValue } from "../../../../embedded/state/propertyValues.ts";

const fresh = (digits: number): string => `thing-${"0123456789abcdef".slice(0, digits)}`;

describe("the name of an object", () => {
    it("is made up where the program gives none, and marked so", () => {
        const object = named({ kind: "Job", metadata: { labels: { a: "b" } } }, {}, fresh);
        assert.deepEqual(object, {
            kind: "Job",
            metadata: { labels: { a: "b" }, name: "thing-01234567", annotations: { "pulumi.com/autonamed": "true" } },
        });
        assert.deepEqual(named({}, {}, fresh), named({ metadata: {} }, {}, fresh));
    });

    it("stays what it was made up to be", () => {
        const before = named({ metadata: {} }, {}, fresh);
        const after = named({ metadata: { labels: { new: "one" } } }, before, () => "thing-other");
        assert.equal((after.metadata as PropertyMap).name, "thing-01234567");
        assert.ok(isAutonamed(after));
    });

    it("is the program's own where it gives one, also one that a preview does not know", () => {
        for (const metadata of [{ name: "mine" }, { name: unknownValue }, unknownValue]) {
            assert.deepEqual(named({ metadata }, {}, fresh), { metadata });
        }
    });

    it("is made up anew for an object whose former name the program gave", () => {
        const after = named({ metadata: {} }, { metadata: { name: "mine" } }, fresh);
        assert.equal((after.metadata as PropertyMap).name, "thing-01234567");
    });
});

test("an object without a namespace gets the provider's", () => {
    assert.deepEqual(inNamespace({ metadata: { name: "a" } }, "physics"), {
        metadata: { name: "a", namespace: "physics" },
    });
    const own = { metadata: { name: "a", namespace: "own" } };
    assert.deepEqual(inNamespace(own, "physics"), own);
});

test("the stringData of a Secret becomes data and wins over it, as at the API server", () => {
    const inputs = { kind: "Secret", data: { a: "b2xk", b: "Yg==" }, stringData: { a: "naïve" } };
    assert.deepEqual(normalized(inputs), { kind: "Secret", data: { a: "bmHDr3Zl", b: "Yg==" } });
    const unknown = { kind: "Secret", stringData: { a: unknownValue } };
    assert.deepEqual(normalized(unknown), unknown);
    const other = { kind: "ConfigMap", stringData: { a: "b" } };
    assert.deepEqual(normalized(other), other);
});

test("null is the same as nothing", () => {
    const inputs = { kind: "Job", metadata: null, spec: { template: null, items: [{ a: null, b: 1 }] } };
    assert.deepEqual(normalized(inputs), { kind: "Job", spec: { items: [{ b: 1 }] } });
});

describe("the inputs read back from a live object", () => {
    const mount = (mountPath: string, subPath: string) => ({ name: "storage", mountPath, subPath });
    const cases: Readonly<Record<string, readonly [PropertyValue, PropertyValue, PropertyValue]>> = {
        "leave out what the cluster filled in": [
            { a: 1, status: {}, spec: { b: 2, defaulted: true } },
            { a: 1, spec: { b: 2 } },
            { a: 1, spec: { b: 2 } },
        ],
        "show what somebody else changed": [
            { data: { x: "theirs" } },
            { data: { x: "ours" } },
            { data: { x: "theirs" } },
        ],
        "miss what somebody else removed": [{ data: {} }, { data: { x: "ours" } }, { data: {} }],
        "keep quantities as they were written": [
            { limits: { memory: "1Gi", cpu: "1", storage: "1536Mi", gpu: "4", half: "500m" } },
            { limits: { memory: "1024Mi", cpu: "1000m", storage: "1.5Gi", gpu: 4, half: 0.5 } },
            { limits: { memory: "1024Mi", cpu: "1000m", storage: "1.5Gi", gpu: 4, half: 0.5 } },
        ],
        "show another quantity": [{ memory: "2Gi" }, { memory: "1024Mi" }, { memory: "2Gi" }],
        "keep what the API server leaves out as empty": [
            {},
            { hostNetwork: false, annotations: {}, args: [], note: "", zero: 0 },
            { hostNetwork: false, annotations: {}, args: [], note: "", zero: 0 },
        ],
        "find a named item beside items that others added": [
            { containers: [{ name: "injected" }, { name: "a", image: "x", port: 1 }] },
            { containers: [{ name: "a", image: "x" }] },
            { containers: [{ name: "a", image: "x" }] },
        ],
        "tell apart the mounts of one volume": [
            {
                volumeMounts: [
                    { name: "token", mountPath: "/var/run/secrets" },
                    { name: "storage", mountPath: "/data", subPath: "data" },
                    { name: "storage", mountPath: "/run", subPath: "run" },
                ],
            },
            { volumeMounts: [mount("/data", "data"), mount("/run", "run")] },
            { volumeMounts: [mount("/data", "data"), mount("/run", "run")] },
        ],
        "find unnamed items by their place": [{ args: ["a", "c"] }, { args: ["a", "b"] }, { args: ["a", "c"] }],
    };
    for (const [name, [live, inputs, expected]] of Object.entries(cases)) {
        it(name, () => {
            assert.deepEqual(pruned(live, inputs), expected);
        });
    }
});

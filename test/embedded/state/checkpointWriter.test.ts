// State files that are written again and again.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseCheckpoint, type ResourceState, type Snapshot } from "../../../embedded/state/checkpoint.ts";
import { CheckpointWriter, formatCheckpoint } from "../../../embedded/state/checkpointWriter.ts";
import { secret } from "../../../embedded/state/propertyValues.ts";
import { newCrypter } from "../../../embedded/state/secrets.ts";

const crypter = await newCrypter("open sesame");
const stack = "organization/p/s";

const stateOf = (name: string): ResourceState => ({
    urn: `urn:pulumi:s::p::t:t:T::${name}`,
    custom: true,
    type: "t:t:T",
    inputs: {},
    outputs: {},
});

/** Changes as the engine makes them. */
const changes: Readonly<Record<string, (state: ResourceState, value: number) => void>> = {
    outputs: (state, value) => (state.outputs = { value, nested: { list: [value, { "a\nb": "\n" }] } }),
    inputs: (state, value) => (state.inputs = { value }),
    secret: (state, value) => (state.outputs = { value: secret(`hush ${value}`) }),
    id: (state, value) => (state.id = `id-${value}`),
    delete: (state) => (state.delete = true),
    pendingReplacement: (state, value) => (state.pendingReplacement = value % 2 === 0),
    initErrors: (state, value) => (state.initErrors = value % 2 === 0 ? [] : ["not ready"]),
};

const steps = fc.array(
    fc.record({ which: fc.nat({ max: 3 }), what: fc.constantFrom(...Object.keys(changes)), value: fc.nat({ max: 9 }) }),
    { maxLength: 20 },
);

const opened = (text: string): Snapshot => parseCheckpoint(text, "f").open(crypter);
const withoutTime = (text: string): string => text.replace(/"time": ".*?"/, "");

describe("a state that is written again after every change", () => {
    test("says each time what it would say if it were written for the first time", () => {
        fc.assert(
            fc.property(steps, (sequence) => {
                const writer = new CheckpointWriter(stack, crypter, "v1");
                const resources = ["a", "b", "c", "d"].map(stateOf);
                for (const { which, what, value } of sequence) {
                    const changed = resources[which];
                    if (changed) changes[what]?.(changed, value);
                    const snapshot: Snapshot = {
                        resources,
                        pendingOperations: changed ? [{ resource: changed, type: "updating" }] : [],
                    };
                    const again = writer.format(snapshot).toString();
                    const fresh = formatCheckpoint(stack, snapshot, crypter, "v1");
                    assert.deepEqual(opened(again), opened(fresh));
                    if (!fresh.includes("ciphertext")) assert.equal(withoutTime(again), withoutTime(fresh));
                }
            }),
        );
    });

    test("has the layout of JSON with an indent of four", () => {
        const state = { ...stateOf("a"), outputs: { text: '"resources": []\n', list: [1, { two: 2 }] } };
        const snapshot: Snapshot = {
            resources: [state, stateOf("b")],
            pendingOperations: [{ resource: state, type: "creating" }],
        };
        const text = formatCheckpoint(stack, snapshot, crypter, "v1");
        assert.equal(text, `${JSON.stringify(JSON.parse(text), undefined, 4)}\n`);
        const empty = formatCheckpoint(stack, { resources: [], pendingOperations: [] }, crypter, "v1");
        assert.equal(empty, `${JSON.stringify(JSON.parse(empty), undefined, 4)}\n`);
    });
});

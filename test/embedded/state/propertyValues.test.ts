// Property values over the wire and through a state file.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fromStruct, toStruct } from "../../../embedded/engine/rpc.ts";
import { parseCheckpoint } from "../../../embedded/state/checkpoint.ts";
import { formatCheckpoint } from "../../../embedded/state/checkpointWriter.ts";
import {
    annotateSecrets,
    equal,
    isMap,
    masked,
    normalize,
    type PropertyMap,
    type PropertyValue,
    propertiesFor,
    secret,
    some,
    unknownValue,
} from "../../../embedded/state/propertyValues.ts";
import { newCrypter } from "../../../embedded/state/secrets.ts";

const signatureKey = "4dabf18193072939515e22adb298388d";
const reference = { [signatureKey]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:x", id: "the-id" };

/** Any value, with secrets at any depth but not in one another: those are one secret, however they were made. */
const { value: values } = fc.letrec<{ value: PropertyValue; plain: PropertyValue }>((tie) => ({
    plain: fc.oneof(
        { maxDepth: 3 },
        fc.constant(null),
        fc.boolean(),
        fc.double(),
        fc.string(),
        fc.array(tie("plain"), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie("plain"), { maxKeys: 3, noNullPrototype: true }),
    ),
    value: fc.oneof(
        { maxDepth: 3 },
        tie("plain"),
        tie("plain").map(secret),
        fc.constant(reference),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie("value"), { maxKeys: 3, noNullPrototype: true }),
    ),
}));

/** Keys that every object of JavaScript seems to have already; a ConfigMap may hold them all. */
const inherited: PropertyMap = { ["__proto__"]: { a: 1 }, constructor: "c", toString: "t" };

const isLost = (value: PropertyValue): boolean => isMap(value) && Object.hasOwn(value, "__proto__");

const without = { secrets: false, resources: false, unknowns: false };

describe("property values", () => {
    test("come back from a struct as they were", () => {
        fc.assert(
            fc.property(values, (value) => {
                fc.pre(!some(value, isLost));
                assert.ok(equal(fromStruct(toStruct({ value })).value, value));
            }),
            { examples: [[{ constructor: "c", toString: "t" }]] },
        );
    });

    test("that protobuf would lose are refused by name", () => {
        for (const properties of [inherited, { a: [secret(inherited)] }]) {
            assert.throws(() => toStruct(properties), /a property named "__proto__" cannot be sent/);
        }
    });

    test("come back from a state file as they were", async () => {
        const crypter = await newCrypter("p");
        fc.assert(
            fc.property(values, (value) => {
                const resource = { urn: "urn:x", custom: true, type: "a:b:C", inputs: { value }, outputs: {} };
                const text = formatCheckpoint("s", { resources: [resource], pendingOperations: [] }, crypter, "v1");
                const [read] = parseCheckpoint(text, "file").open(crypter).resources;
                assert.ok(equal(read?.inputs.value, value), text);
            }),
            { examples: [[inherited], [[secret(inherited)]]] },
        );
    });

    test("of programs lose their dependencies, and typed unknowns become the one unknown", () => {
        const output = (fields: PropertyMap) => ({ [signatureKey]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...fields });
        assert.equal(normalize(output({ value: "x", dependencies: ["urn:y"] })), "x");
        assert.equal(normalize(output({})), unknownValue);
        assert.deepEqual(normalize([output({ value: { a: output({ value: 1 }) }, secret: true })]), [secret({ a: 1 })]);
        assert.equal(normalize("1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"), unknownValue);
    });

    test("are opened, resolved and thinned out for a receiver that takes nothing special", () => {
        const all = { a: secret({ b: reference }), c: unknownValue, d: [unknownValue, 1], e: null };
        assert.deepEqual(propertiesFor(all, without), { a: { b: "the-id" }, d: [null, 1], e: null });
        assert.deepEqual(propertiesFor(all, { secrets: true, resources: true, unknowns: true }), all);
    });

    test("of a provider that knows no secrets are marked again by name", () => {
        const inputs = { plain: 1, key: secret("k"), map: { in: secret("s"), out: "o" }, list: [secret("x")] };
        const outputs = { plain: 1, key: "k", map: { in: "s", out: "o" }, list: ["x"], more: "m" };
        assert.deepEqual(annotateSecrets(outputs, inputs), {
            plain: 1,
            key: secret("k"),
            map: { in: secret("s"), out: "o" },
            list: secret(["x"]),
            more: "m",
        });
    });

    test("have no keys but their own", () => {
        assert.ok(equal(inherited, { ...inherited }));
        assert.ok(!equal(inherited, {}));
        assert.ok(!equal({ ["__proto__"]: Object.prototype as unknown as PropertyMap }, { a: 1 }));
        assert.deepEqual(masked(inherited), inherited);
        assert.deepEqual(propertiesFor(inherited, without), inherited);
        assert.deepEqual(annotateSecrets({}, { ["__proto__"]: { a: secret("x") }, constructor: secret("y") }), {});
        assert.deepEqual(annotateSecrets(inherited, { ["__proto__"]: { a: secret(1) }, constructor: secret("c") }), {
            ["__proto__"]: { a: secret(1) },
            constructor: secret("c"),
            toString: "t",
        });
    });

    test("are shown without secrets", () => {
        assert.deepEqual(masked({ a: [secret("x"), unknownValue], b: 1 }), { a: ["[secret]", "[unknown]"], b: 1 });
    });
});

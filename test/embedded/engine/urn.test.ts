// URNs and references to providers.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formerUrns, type Goal } from "../../../embedded/engine/goal.ts";
import {
    formatReference,
    isDefaultProvider,
    makeUrn,
    packageOf,
    parseReference,
    parseUrn,
} from "../../../embedded/engine/urn.ts";

const root = "urn:pulumi:dev::proj::pulumi:pulumi:Stack::proj-dev";

describe("URNs", () => {
    test("carry the types of all parents but the root stack", () => {
        const box = makeUrn("dev", "proj", root, "proj:index:Box", "box");
        assert.equal(box, "urn:pulumi:dev::proj::proj:index:Box::box");
        const inner = makeUrn("dev", "proj", box, "aws:s3/bucket:Bucket", "b");
        assert.equal(inner, "urn:pulumi:dev::proj::proj:index:Box$aws:s3/bucket:Bucket::b");
        assert.deepEqual(parseUrn(inner), {
            stack: "dev",
            project: "proj",
            qualifiedType: "proj:index:Box$aws:s3/bucket:Bucket",
            type: "aws:s3/bucket:Bucket",
            name: "b",
        });
    });

    test("are read back whatever the name is", () => {
        fc.assert(
            fc.property(fc.string(), (name) => {
                assert.equal(parseUrn(makeUrn("dev", "proj", root, "a:b:C", name)).name, name);
            }),
        );
    });

    test("that are none are refused", () => {
        assert.throws(() => parseUrn("urn:pulumi:dev::proj"), /is not a URN/);
    });

    test("tell the package of a type, and default providers", () => {
        assert.equal(packageOf("pulumi-nodejs:dynamic/aframe:Stage"), "pulumi-nodejs");
        assert.equal(packageOf("pulumi:providers:aws"), "aws");
        assert.ok(isDefaultProvider("urn:pulumi:dev::proj::pulumi:providers:aws::default_7_48_0"));
        assert.ok(!isDefaultProvider("urn:pulumi:dev::proj::pulumi:providers:aws::defaults-of-mine"));
        assert.ok(!isDefaultProvider("urn:pulumi:dev::proj::a:b:C::default"));
    });

    test("with an id refer to a provider", () => {
        const reference = { urn: "urn:pulumi:dev::proj::pulumi:providers:aws::mine", id: "4f2a" };
        assert.deepEqual(parseReference(formatReference(reference)), reference);
        assert.throws(() => parseReference("urn:pulumi:dev::proj::a:b:C::x::id"), /not a reference to a provider/);
    });
});

describe("aliases", () => {
    const box = makeUrn("dev", "proj", root, "proj:index:Box", "box");
    const goal: Goal = {
        type: "a:b:C",
        name: "box-part",
        custom: true,
        parent: box,
        inputs: {},
        dependencies: [],
        propertyDependencies: {},
        provider: "",
        providers: {},
        version: "",
        ignoreChanges: [],
        replaceOnChanges: [],
        additionalSecretOutputs: [],
        aliases: [],
        customTimeouts: {},
    };
    const names = { stack: "dev", project: "proj", former: new Map<string, string>() };

    test("change the parts they name and keep the others", () => {
        const aliases = [{ name: "before" }, { type: "a:b:D" }, { noParent: true }, { parent: root }, { urn: "urn:x" }];
        assert.deepEqual(formerUrns({ ...goal, aliases }, names), [
            "urn:pulumi:dev::proj::proj:index:Box$a:b:C::before",
            "urn:pulumi:dev::proj::proj:index:Box$a:b:D::box-part",
            "urn:pulumi:dev::proj::a:b:C::box-part",
            "urn:pulumi:dev::proj::a:b:C::box-part",
            "urn:x",
        ]);
    });

    test("of a parent hold for its children, whose names follow the parent's", () => {
        const former = new Map([[box, "urn:pulumi:dev::proj::proj:index:Crate::crate"]]);
        assert.deepEqual(formerUrns(goal, { ...names, former }), [
            "urn:pulumi:dev::proj::proj:index:Crate$a:b:C::crate-part",
        ]);
    });
});

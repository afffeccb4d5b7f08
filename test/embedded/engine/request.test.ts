// Registrations as they come over the wire.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import callbackProto from "@pulumi/pulumi/proto/callback_pb.js";
import resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";
import { goalOf, parseDuration } from "../../../embedded/engine/request.ts";
import { toStruct } from "../../../embedded/engine/rpc.ts";

type Request = InstanceType<typeof resourceProto.RegisterResourceRequest>;

/** The asset of one text, as the SDK sends it. */
const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };

/** By name, how a program asks for it. */
const refused: Readonly<Record<string, (message: Request) => void>> = {
    "remote components": (message) => void message.setRemote(true),
    import: (message) => void message.setImportid("id"),
    deletedWith: (message) => void message.setDeletedwith("urn:a"),
    replaceWith: (message) => void message.setReplaceWithList(["urn:a"]),
    replacementTrigger: (message) => void message.setReplacementTrigger(new structProto.Value().setStringValue("x")),
    transforms: (message) => void message.addTransforms(new callbackProto.Callback()),
    hooks: (message) => {
        const hooks = new resourceProto.RegisterResourceRequest.ResourceHooksBinding();
        hooks.setBeforeCreateList(["hook"]);
        message.setHooks(hooks);
    },
    stateMigrations: (message) => void message.addStateMigrations(new callbackProto.Callback()),
    envVarMappings: (message) => void message.getEnvvarmappingsMap().set("A", "B"),
    "parameterized packages": (message) => void message.setPackageref("ref"),
    pluginDownloadURL: (message) => void message.setPlugindownloadurl("https://example.org"),
    pluginChecksums: (message) => void message.getPluginchecksumsMap().set("linux-amd64", new Uint8Array([1])),
    hideDiffs: (message) => void message.setHidediffsList(["x"]),
    snippets: (message) => void message.setSnippetid("id"),
    "assets and archives": (message) => void message.setObject(toStruct({ file: asset })),
};

/** Tests of the engine show what each does. */
const supported = [
    "acceptresources",
    "acceptsecrets",
    "additionalsecretoutputsList",
    "aliasesList",
    "aliasurnsList",
    "custom",
    "customtimeouts",
    "deletebeforereplace",
    "deletebeforereplacedefined",
    "dependenciesList",
    "ignorechangesList",
    "name",
    "object",
    "parent",
    "propertydependenciesMap",
    "protect",
    "provider",
    "providersMap",
    "replaceonchangesList",
    "retainondelete",
    "supportspartialvalues",
    "type",
    "version",
];

/** Where in its text the program asks, and what else it could take as an answer. */
const ofNoConsequence = [
    "acceptsByteString",
    "aliasspecs",
    "parentstacktracehandle",
    "sourceposition",
    "stacktrace",
    "supportsresultreporting",
];

function request(): Request {
    const message = new resourceProto.RegisterResourceRequest();
    message.setType("a:b:C");
    message.setName("c");
    message.setCustom(true);
    message.setObject(toStruct({ x: 1, y: 2 }));
    return message;
}

describe("registrations", () => {
    test("without dependencies by property have all of them on each property", () => {
        const message = request();
        message.setDependenciesList(["urn:a"]);
        assert.deepEqual(goalOf(message).propertyDependencies, { x: ["urn:a"], y: ["urn:a"] });
        const dependencies = new resourceProto.RegisterResourceRequest.PropertyDependencies();
        dependencies.setUrnsList(["urn:b"]);
        message.getPropertydependenciesMap().set("x", dependencies);
        assert.deepEqual(goalOf(message).propertyDependencies, { x: ["urn:b"] });
    });

    test("tell options that are off from options that were not given", () => {
        const message = request();
        const { protect, retainOnDelete, deleteBeforeReplace } = goalOf(message);
        assert.deepEqual([protect, retainOnDelete, deleteBeforeReplace], [undefined, undefined, undefined]);
        message.setProtect(false);
        message.setDeletebeforereplacedefined(true);
        const given = goalOf(message);
        assert.deepEqual([given.protect, given.deleteBeforeReplace], [false, false]);
    });

    test("that ask for more than the engine can do are refused by all the names", () => {
        const message = request();
        message.setImportid("id");
        message.setDeletedwith("urn:a");
        assert.throws(() => goalOf(message), /does not support: import, deletedWith; use the Pulumi CLI/);
    });

    for (const [name, ask] of Object.entries(refused)) {
        test(`that ask for ${name} are refused by this name`, () => {
            const message = request();
            ask(message);
            assert.throws(() => goalOf(message), new RegExp(`does not support: ${name};`));
        });
    }

    test("have no field that is neither supported nor refused", () => {
        const fields = Object.keys(request().toObject());
        const touched = (ask: (message: Request) => void): string[] => {
            const message = request();
            const before = message.toObject() as unknown as Record<string, unknown>;
            ask(message);
            const after = message.toObject() as unknown as Record<string, unknown>;
            return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
        };
        const accounted = [...supported, ...ofNoConsequence, ...Object.values(refused).flatMap(touched)];
        assert.deepEqual(fields.toSorted(), [...new Set(accounted)].toSorted());
    });

    test("have timeouts in Go's notation", () => {
        assert.deepEqual(["90s", "1h30m", "1.5m", "500ms"].map(parseDuration), [90, 5400, 90, 0.5]);
        for (const text of ["", "10", "5 m", "1d", "-1s"]) {
            assert.throws(() => parseDuration(text), /not a duration/);
        }
    });
});

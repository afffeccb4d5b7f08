// Registrations as they come over the wire.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import { goalOf, parseDuration } from "../../../embedded/engine/request.ts";
import { toStruct } from "../../../embedded/engine/rpc.ts";

function request() {
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
        message.setObject(
            toStruct({ file: { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17" } }),
        );
        assert.throws(() => goalOf(message), /import, deletedWith, assets and archives/);
    });

    test("have timeouts in Go's notation", () => {
        assert.deepEqual(["90s", "1h30m", "1.5m", "500ms"].map(parseDuration), [90, 5400, 90, 0.5]);
        for (const text of ["", "10", "5 m", "1d", "-1s"]) {
            assert.throws(() => parseDuration(text), /not a duration/);
        }
    });
});

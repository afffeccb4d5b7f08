import assert from "node:assert/strict";
import { test } from "node:test";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { initFailureOf, toStruct } from "../../../embedded/engine/rpc.ts";
import { toStatus } from "../../../embedded/providers/messages.ts";
import { InitFailed } from "../../../embedded/providers/provider.ts";
import { secret } from "../../../embedded/state/propertyValues.ts";

test("an object that exists but is not ready reaches the engine with its id, its state and the reason", () => {
    const inputs = { data: secret({ password: "of the test" }) };
    const request = new proto.CreateRequest().setProperties(toStruct(inputs));
    const created = { id: "physics/train", state: { data: { password: "of the test" }, uid: "1" } };
    const error = new InitFailed("it exists, but nobody may look at it: of the test", created, undefined);
    const failure = initFailureOf(Object.assign(new Error("failed"), toStatus(error, request)));
    assert.deepEqual(failure, {
        id: "physics/train",
        outputs: { ...inputs, uid: "1" },
        inputs: undefined,
        reasons: ["it exists, but nobody may look at it: [secret]"],
    });
});

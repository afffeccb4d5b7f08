import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { mapInput } from "../../components/mapInput.ts";
import { value } from "../helpers/mocks.ts";

describe("mapInput", () => {
    it("leaves plain what is plain", () => {
        assert.equal(
            mapInput(2, (number) => number + 1),
            3,
        );
        assert.deepEqual(
            mapInput({ a: "x" }, (map) => Object.keys(map)),
            ["a"],
        );
    });

    it("makes an Output of what is known later", async () => {
        for (const later of [pulumi.output(2), Promise.resolve(2)]) {
            const changed = mapInput(later, (number) => `${number}!`);
            assert.ok(pulumi.Output.isInstance(changed));
            assert.equal(await value(pulumi.output(changed)), "2!");
        }
    });

    it("keeps a secret one", async () => {
        const changed = mapInput(pulumi.secret("a"), (text) => text);
        assert.ok(pulumi.Output.isInstance(changed));
        assert.equal(await pulumi.isSecret(pulumi.output(changed)), true);
    });
});

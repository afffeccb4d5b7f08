// What the program answers a shell of an experiment that has a state.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { TestCheckout } from "../checkout.ts";
import { stage, writeState } from "../experimentState.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
await checkout.run("aframe-init", ["offline", "-d", checkout.path("exp")]);
await checkout.run("aframe-init", ["offline", "-d", checkout.path("fresh")]);
writeState(checkout, { resources: ["FetchTrain", "FetchTest", "SandboxSV"].map((name) => stage(name, {})) });

async function offered(words: readonly string[], environment: Record<string, string> = {}): Promise<string[]> {
    const { code, stdout, stderr } = await checkout.run("aframe", ["__complete", "aframe", ...words], environment);
    assert.deepEqual([code, stderr], [0, ""]);
    return stdout
        .split("\n")
        .slice(0, -1)
        .map((line) => line.trimEnd());
}

describe("completing resources", () => {
    it("offers the names in the state of the experiment that is named", async () => {
        const all = ["exp-FetchTest", "exp-FetchTrain", "exp-SandboxSV"];
        assert.deepEqual(await offered(["up", "--stack", "exp", "--target", ""]), all);
        assert.deepEqual(await offered(["up", "--stack=exp", "--exclude", "exp-S"]), ["exp-SandboxSV"]);
        assert.deepEqual(await offered(["up", "--replace", ""], { AFRAME_STACK: "exp" }), all);
    });

    it("offers nothing of one without a state, of none, and of a state that is kept elsewhere", async () => {
        assert.deepEqual(await offered(["up", "--stack", "fresh", "--target", ""]), []);
        assert.deepEqual(await offered(["up", "--target", ""]), []);
        const elsewhere = { PULUMI_BACKEND_URL: "s3://states" };
        assert.deepEqual(await offered(["up", "--stack", "exp", "--target", ""], elsewhere), []);
    });
});

// `aframe check`, as a researcher types it, on a machine without law.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { TestCheckout } from "./checkout.ts";
import { assertForm } from "./jsonSchemas.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
await checkout.run("aframe-init", ["offline", "-d", checkout.path("exp")]);
const cfg = path.join(checkout.path("exp"), "sandbox.cfg");

interface Answer {
    readonly mistakes: readonly unknown[];
    readonly obstacles: readonly { readonly message: string }[];
    readonly checks: readonly { readonly name: string; readonly status: string }[];
}

describe("aframe check", () => {
    it("lists what was asked, with what is wrong below it, and ends with exit code 1", async () => {
        const { code, stdout, stderr } = await checkout.run("aframe", ["check"]);
        assert.equal(code, 1, stderr);
        assert.match(stdout, /^this machine\n {2}✘ law +does not run\n {6}.*aframe:law: there is no command law \(/m);
        assert.match(stdout, /^Runs: +FetchTrain/m);
        assert.match(stdout, /\d errors?(; \d warnings?)?\n$/);
    });

    it("gives the same as JSON", async () => {
        const { code, stdout } = await checkout.run("aframe", ["check", "--json"]);
        const { mistakes, obstacles, checks } = assertForm("check", stdout) as Answer;
        assert.equal(code, 1);
        assert.deepEqual(mistakes, []);
        assert.ok(obstacles.some(({ message }) => message === "there is no command law"));
        assert.equal(checks.find(({ name }) => name === "law")?.status, "failed");
    });

    it("ends with exit code 2 when the configuration is wrong, and tells the rest all the same", async () => {
        const text = readFileSync(cfg, "utf8");
        writeFileSync(cfg, text.replace("request_gpus = 8", "request_gpus = many"));
        const { code, stdout } = await checkout.run("aframe", ["check"]);
        assert.equal(code, 2);
        assert.match(stdout, /^error: sandbox\.cfg:\d+: \[luigi_Train\] request_gpus: "many" is not a whole number/m);
        assert.match(stdout, /✘ law/);
        writeFileSync(cfg, text);
    });

    it("asks also where the stack's own operations do not", async () => {
        const file = checkout.stackFile("exp");
        writeFileSync(file, `${readFileSync(file, "utf8")}  aframe:preflight: false\n`);
        const { stdout } = await checkout.run("aframe", ["check"]);
        assert.match(stdout, /✘ law/);
    });
});

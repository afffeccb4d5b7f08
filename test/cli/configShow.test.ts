// `aframe config show` as it is run.
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { TestCheckout } from "./checkout.ts";
import { assertForm } from "./jsonSchemas.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
await checkout.run("aframe-init", ["offline", "-d", checkout.path("exp")]);
const canary = "CANARY-secret";
const lines = ["[luigi_wandb]", `api_key = ${canary}`, "[luigi_Trian]", "seed = 1", ""];
appendFileSync(path.join(checkout.path("exp"), "base.cfg"), lines.join("\n"));

describe("aframe config show", () => {
    it("gives every value with its origin as JSON, credentials masked, and warnings on standard error too", async () => {
        const { code, stdout, stderr } = await checkout.run("aframe", ["config", "show", "--json"]);
        assert.equal(code, 0);
        const { values, warnings } = assertForm("config", stdout) as {
            values: readonly Readonly<Record<string, unknown>>[];
            warnings: readonly { readonly message: string }[];
        };
        const find = (section: string, key: string) =>
            values.find((value) => value.section === section && value.key === key);
        assert.deepEqual(
            [find("luigi_wandb", "api_key")?.value, find("luigi_Train", "highpass")?.via],
            ["[secret]", ["luigi_base::highpass"]],
        );
        assert.ok(warnings.some(({ message }) => message === "unknown section"));
        assert.match(stderr, /^warning: base\.cfg:\d+: \[luigi_Trian\]: unknown section/m);
        assert.ok(!(stdout + stderr).includes(canary));
    });
});

// stacks/README.md, which people read instead of the code.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { directoryVariables } from "../../cli/environment.ts";

const readme = readFileSync(path.join(import.meta.dirname, "../../stacks/README.md"), "utf8");

describe("stacks/README.md", () => {
    it("names the variables that are copied", () => {
        for (const name of [...directoryVariables, "AFRAME_REPO"]) assert.ok(readme.includes(name), name);
    });
});

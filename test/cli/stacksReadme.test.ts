// stacks/README.md, which people read instead of the code.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { directoryVariables } from "../../cli/environment.ts";
import { stackConfigKeys } from "../../config/stack.ts";

const readme = readFileSync(path.join(import.meta.dirname, "../../stacks/README.md"), "utf8");

describe("stacks/README.md", () => {
    it("has a row for each key of a stack, in its order and with its meaning, and no other", () => {
        const rows = readme
            .split("\n")
            .filter((line) => line.startsWith("| `"))
            .map((line) => line.split(" | ").map((cell) => cell.replaceAll(/^\| |`| \|$/g, "")));
        assert.deepEqual(
            rows.map(([name]) => name),
            stackConfigKeys.map(({ name }) => name),
        );
        for (const [index, { name, meaning }] of stackConfigKeys.entries()) {
            const told = rows[index]?.at(-1) ?? "";
            assert.ok(told.startsWith(meaning.replaceAll("`", "")), `${name}: ${told}`);
        }
    });

    it("names the variables that are copied", () => {
        for (const name of [...directoryVariables, "AFRAME_REPO"]) assert.ok(readme.includes(name), name);
    });
});

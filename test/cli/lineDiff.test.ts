import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { diffLines } from "../../cli/lineDiff.ts";

const lines = fc
    .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
    .map((parts) => parts.map((part) => `${part}\n`).join(""));

describe("diffLines", () => {
    it("tells what was taken away, what was added and what stayed", () => {
        assert.deepEqual(
            diffLines("a\nb\nc\n", "a\nx\nc\nd\n").map(({ kind, text }) => `${kind} ${text}`),
            ["same a", "delete b", "add x", "same c", "add d"],
        );
    });

    it("gives back both texts", () => {
        fc.assert(
            fc.property(lines, lines, (before, after) => {
                const diff = diffLines(before, after);
                const side = (other: "add" | "delete") =>
                    diff
                        .filter(({ kind }) => kind !== other)
                        .map(({ text }) => `${text}\n`)
                        .join("");
                assert.equal(side("add"), before);
                assert.equal(side("delete"), after);
            }),
        );
    });

    it("finds no difference between equal texts, and all of it between texts with nothing in common", () => {
        fc.assert(
            fc.property(lines, (text) => {
                assert.ok(diffLines(text, text).every(({ kind }) => kind === "same"));
                assert.ok(diffLines(text, "other\n").filter(({ kind }) => kind === "same").length === 0);
            }),
        );
    });
});

// The Markdown of the generated pages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { code, fillIn, table } from "../../docs/markdown.ts";

test("a table keeps the bars that its cells hold", () => {
    assert.equal(table(["a", "b"], [["x | y", ""]]), "| a | b |\n| --- | --- |\n| x \\| y |  |");
});

test("code may hold a back-tick", () => {
    assert.equal(code("a"), "`a`");
    assert.equal(code("a`b"), "`` a`b ``");
});

test("only what stands between its two comments is another text", () => {
    const page = "before\n\n<!-- begin x -->\n\nold\n\n<!-- end x -->\n\nafter\n";
    const filled = "before\n\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\n\nafter\n";
    assert.equal(fillIn(page, { x: "new" }), filled);
    assert.equal(fillIn(filled, { x: "new" }), filled);
});

test("a page without the place for a text is an error", () => {
    for (const page of [
        "",
        "<!-- begin x -->",
        "<!-- end x -->\n<!-- begin x -->",
        "<!-- begin x --><!-- begin x --><!-- end x -->",
    ]) {
        assert.throws(
            () => fillIn(page, { x: "new" }),
            /the page needs "<!-- begin x -->" and "<!-- end x -->", each once/,
        );
    }
});

// Nothing that is put into a page gets out of the place it was put.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { embeddedJson, html } from "../../../report/page/html.ts";

describe("html", () => {
    it("escapes what is not HTML already, and joins lists", () => {
        const item = html`<li>${"a & b"}</li>`;
        assert.equal(
            html`<ul title="${`"'<`}">${[item, item]}${undefined}${false}${3}</ul>`.text,
            `<ul title="&quot;&#39;&lt;"><li>a &amp; b</li><li>a &amp; b</li>3</ul>`,
        );
    });

    it("shows control characters as what they are not", () => {
        assert.equal(html`${"a\u001b[0m\u0000\u009b\tb\n"}`.text, "a�[0m��\tb\n");
    });

    it("leaves no way out of an attribute or a text, whatever is given", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), (text) => {
                assert.doesNotMatch(html`${text}`.text, /[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
            }),
        );
    });
});

describe("embedded JSON", () => {
    it("means the same and holds no tag, whatever is given", () => {
        fc.assert(
            fc.property(fc.jsonValue(), (value) => {
                const { text } = embeddedJson([value, "</script><!--"]);
                assert.doesNotMatch(text, /</);
                assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify([value, "</script><!--"])));
            }),
        );
    });
});

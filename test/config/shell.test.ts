// Words for a shell; that a real one reads back any text is tested with run.sh.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { quoteForShell } from "../../config/shell.ts";

describe("quoteForShell", () => {
    it("leaves plain words as they are", () => {
        for (const word of ["/home/albert.einstein/run-1", "s3://my-bucket/x/data/train", "a_b+c@d,e%f=g:h"]) {
            assert.equal(quoteForShell(word), word);
        }
    });

    it("quotes the empty word", () => {
        assert.equal(quoteForShell(""), "''");
    });
});

// Where a commit can be looked at, and what an address may not show.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commitUrl } from "../../../report/gather/provenance.ts";
import { withoutSecrets } from "../../../report/gather/redact.ts";

describe("the page of a commit", () => {
    for (const [repository, url] of [
        ["git@github.com:ML4GW/aframe.git", "https://github.com/ml4gw/aframe/commit/abc"],
        ["https://github.com/a/b", "https://github.com/a/b/commit/abc"],
        ["ssh://git@gitlab.com:22/g/sub/p.git", "https://gitlab.com/g/sub/p/-/commit/abc"],
        ["https://git.ligo.org/g/p.git", "https://git.ligo.org/g/p/-/commit/abc"],
        ["git@bitbucket.org:a/b.git", "https://bitbucket.org/a/b/commits/abc"],
        ["git@example.org:a/b.git", undefined],
        ["https://github.com.evil.example/a/b", undefined],
        ["file:///home/u/aframe", undefined],
    ] as const) {
        it(`of ${repository} is ${url ?? "not known"}`, () => {
            assert.equal(commitUrl(repository, "abc"), url);
        });
    }
});

describe("what a report is made of", () => {
    it("is without secrets, logins in addresses and a terminal's colours, in texts and in names", () => {
        const value = { log: ["key s3cret!", "\u001b[31mhttps://u:pw@host/x\u001b[0m"], "s3cret!": 3, none: null };
        assert.deepEqual(withoutSecrets(value, ["s3cret!"]), {
            log: ["key [secret]", "https://[secret]@host/x"],
            "[secret]": 3,
            none: null,
        });
    });
});

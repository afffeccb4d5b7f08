import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRepository } from "../../../pipeline/revision/repository.ts";

describe("parseRepository", () => {
    const ssh: readonly (readonly [string, string, string])[] = [
        ["git@github.com:a/b.git", "git@github.com:a/b.git", "github.com"],
        ["ssh://git@github.com/a/b.git", "git@github.com:/a/b.git", "github.com"],
        ["ssh://git@github.com:22/a/b.git", "git@github.com:/a/b.git", "github.com"],
        ["ssh://git@host:2222/srv/a%20b.git", "[git@host:2222]:/srv/a b.git", "[host]:2222"],
        ["ssh://me@host/~/repository", "me@host:~/repository", "host"],
    ];
    for (const [text, url, knownHostsName] of ssh) {
        it(`writes ${text} in the form that keeps the user`, () => {
            const repository = parseRepository(text);
            assert.deepEqual(
                [repository.transport, repository.url, "knownHostsName" in repository && repository.knownHostsName],
                ["ssh", url, knownHostsName],
            );
        });
    }

    it("leaves addresses without a login alone", () => {
        const url = "https://github.com/ML4GW/aframe.git";
        assert.deepEqual(parseRepository(url), { transport: "plain", url });
    });

    for (const [text, reason] of [
        ["github.com:a/b.git", /does not say as whom to log in \(usually as git: git@github\.com:a\/b\.git\)/],
        ["ssh://github.com/a/b.git", /does not say as whom to log in/],
        ["ssh://git@github.com/", /lacks the server or the path/],
        ["nonsense", /lacks the server or the path/],
    ] as const) {
        it(`refuses ${text}`, () => {
            assert.throws(() => parseRepository(text), { name: "ConfigError", message: reason });
        });
    }
});

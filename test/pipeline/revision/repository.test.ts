import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRepository, repositoryName } from "../../../pipeline/revision/repository.ts";

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

describe("repositoryName", () => {
    for (const text of [
        "git@github.com:ML4GW/aframe.git",
        "git@github.com:ml4gw/aframe",
        "github.com:ML4GW/aframe",
        "git@github.com:/ML4GW/aframe/",
        "ssh://git@github.com/ML4GW/aframe.git",
        "ssh://git@github.com:22/ML4GW/aframe.git",
        "https://github.com/ML4GW/aframe",
        "https://someone@GitHub.com/ML4GW/aframe.git",
        "git://github.com/ML4GW/aframe.git",
    ]) {
        it(`is the same for ${text}`, () => {
            assert.equal(repositoryName(text), "github.com/ml4gw/aframe");
        });
    }

    for (const text of ["/srv/aframe.git", "../aframe", "file:///srv/aframe.git", "https://", "git@github.com:"]) {
        it(`is unknown for ${text}, which has no server or no path`, () => {
            assert.equal(repositoryName(text), undefined);
        });
    }

    it("tells another owner, server and name apart", () => {
        const others = [
            "git@github.com:me/aframe.git",
            "git@gitlab.com:ML4GW/aframe.git",
            "git@github.com:ML4GW/aframev2",
        ];
        const names = new Set(["git@github.com:ML4GW/aframe.git", ...others].map(repositoryName));
        assert.equal(names.size, 4);
    });
});

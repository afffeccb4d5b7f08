import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { lookUpHostKeys } from "../../../components/ssh/hostKeys.ts";
import { findHostKeys } from "../../../components/ssh/knownHosts.ts";
import { parseRepository, type SshRepository } from "../../../pipeline/revision/repository.ts";
import { temporaryDirectory } from "../fixture.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

describe("findHostKeys", () => {
    const cases: readonly (readonly [string, string, string, string[]])[] = [
        ["a plain name", `git.org ${key}`, "git.org", [`git.org ${key}`]],
        [
            "one of several names, without the others",
            `a.org,git.org,10.0.0.1 ${key} me@home`,
            "git.org",
            [`git.org ${key}`],
        ],
        ["names whatever their case", `Git.ORG ${key}`, "git.org", [`git.org ${key}`]],
        ["a name with a port", `[git.org]:2222 ${key}`, "[git.org]:2222", [`[git.org]:2222 ${key}`]],
        ["no key of another port", `git.org ${key}`, "[git.org]:2222", []],
        ["patterns", `*.git.org ${key}`, "a.git.org", [`a.git.org ${key}`]],
        ["no part of a longer name", `git.org.evil.com ${key}`, "git.org", []],
        ["a dot as a dot", `gitXorg ${key}`, "git.org", []],
        ["exceptions from patterns", `*.org,!git.org ${key}`, "git.org", []],
        ["markers", `@revoked git.org ${key}`, "git.org", [`@revoked git.org ${key}`]],
        ["no comments", `# git.org ${key}\n\n`, "git.org", []],
        ["files with Windows line endings", `git.org ${key}\r\n`, "git.org", [`git.org ${key}`]],
    ];
    for (const [what, text, name, expected] of cases) {
        it(`finds ${what}`, () => {
            assert.deepEqual(findHostKeys(text, name), expected);
        });
    }

    it("finds names that ssh-keygen has hashed", () => {
        const file = path.join(temporaryDirectory(), "known_hosts");
        writeFileSync(file, `other.org ${key}\ngit.org ${key}\n[git.org]:2222 ${key}\n`);
        execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
        const hashed = readFileSync(file, "utf8");
        assert.ok(!hashed.includes("git.org"));
        assert.deepEqual(findHostKeys(hashed, "git.org"), [`git.org ${key}`]);
        assert.deepEqual(findHostKeys(hashed, "[git.org]:2222"), [`[git.org]:2222 ${key}`]);
        assert.deepEqual(findHostKeys(hashed, "third.org"), []);
    });
});

describe("lookUpHostKeys", () => {
    const github = parseRepository("git@github.com:a/b.git") as SshRepository;

    it("prefers what the user trusts to what GitHub publishes", () => {
        const file = path.join(temporaryDirectory(), "known_hosts");
        writeFileSync(file, `github.com ${key}\n`);
        assert.deepEqual(lookUpHostKeys(github, ["/nowhere", file]), { file, text: `github.com ${key}\n` });
    });

    it("knows GitHub's keys by the fingerprints that GitHub publishes", () => {
        const found = lookUpHostKeys(github, []);
        const listed = execFileSync("ssh-keygen", ["-l", "-f", "-"], { input: found?.text, encoding: "utf8" });
        assert.deepEqual(listed.match(/SHA256:\S+/g), [
            "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
            "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM",
            "SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s",
        ]);
    });

    it("finds nothing for a server nobody knows", () => {
        const other = parseRepository("git@git.example.org:a/b.git") as SshRepository;
        assert.equal(lookUpHostKeys(other, ["/nowhere"]), undefined);
    });
});

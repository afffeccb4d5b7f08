// Against real repositories: over file://, git's own daemon and, where there is one, a real sshd.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { freePort } from "../../../demo/s3Server.ts";
import { check, create, diff } from "../../../pipeline/revision/lifecycle.ts";
import { resolveRevision } from "../../../pipeline/revision/resolve.ts";
import { listening } from "../fixtures/ports.ts";
import { makeKey, publicKeyOf, Sshd, sshdProgram } from "../fixtures/sshd.ts";

const directory = mkdtempSync(path.join(tmpdir(), "aframe-git-"));
const work = path.join(directory, "work");
const bare = path.join(directory, "bare.git");
const file = `file://${bare}`;

function git(...args: string[]): string {
    const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
    return execFileSync("git", ["-C", work, ...identity, ...args], { encoding: "utf8" }).trim();
}

function commit(message: string): string {
    git("commit", "--quiet", "--allow-empty", "-m", message);
    return git("rev-parse", "HEAD");
}

function push(): void {
    git("push", "--quiet", "--mirror", "--force", bare);
}

let first: string;
let second: string;

before(() => {
    execFileSync("git", ["init", "--quiet", "--bare", "-b", "main", bare]);
    execFileSync("git", ["init", "--quiet", "-b", "main", work]);
    first = commit("first");
    git("tag", "-a", "v1", "-m", "annotated");
    git("branch", "my-feature");
    git("branch", "sub/main");
    second = commit("second");
    push();
});

after(() => {
    rmSync(directory, { recursive: true, force: true });
});

describe("resolveRevision", () => {
    it("finds the commit of a branch, a tag, an annotated tag's target and HEAD", async () => {
        assert.equal(await resolveRevision({ url: file, ref: "main" }), second);
        assert.equal(await resolveRevision({ url: file, ref: "my-feature" }), first);
        assert.equal(await resolveRevision({ url: file, ref: "v1" }), first);
        assert.equal(await resolveRevision({ url: file, ref: "refs/heads/main" }), second);
        assert.equal(await resolveRevision({ url: file, ref: "HEAD" }), second);
    });

    it("takes a full commit as it is, when the server hands it out", async () => {
        assert.equal(await resolveRevision({ url: file, ref: first }), first);
        const absent = "f".repeat(40);
        await assert.rejects(resolveRevision({ url: file, ref: absent }), /does not hand out this commit/);
    });

    it("refuses a name that is both a branch and a tag of other commits", async () => {
        git("tag", "my-feature", second);
        push();
        await assert.rejects(resolveRevision({ url: file, ref: "my-feature" }), /both a tag and a branch/);
        git("tag", "-d", "my-feature");
        push();
    });

    it("says what is missing, and how to write a short commit", async () => {
        await assert.rejects(resolveRevision({ url: file, ref: "nope" }), /has no branch or tag nope$/);
        await assert.rejects(resolveRevision({ url: file, ref: first.slice(0, 8) }), /with all its 40 digits/);
        await assert.rejects(
            resolveRevision({ url: `file://${directory}/none`, ref: "main" }),
            /there is no such repo/,
        );
    });

    it("names the branch or tag that was probably meant", async () => {
        await assert.rejects(resolveRevision({ url: file, ref: "my-feture" }), {
            name: "RefError",
            message: `${file} has no branch or tag my-feture; did you mean my-feature?`,
        });
    });

    it("never lets a ref become an option", async () => {
        for (const ref of ["--upload-pack=touch /tmp/x", "-q", "a b", "../x", "a..b", "x^{}"]) {
            await assert.rejects(resolveRevision({ url: file, ref }), /is not a branch, tag or commit/);
        }
    });

    it("finds a commit behind the tip through git's own daemon, which only serves tips", async () => {
        const port = await freePort();
        const args = ["daemon", "--export-all", "--listen=127.0.0.1", `--port=${port}`, `--base-path=${directory}`];
        const daemon = spawn("git", [...args, directory], { stdio: "ignore" });
        try {
            await listening(port, daemon);
            const url = `git://127.0.0.1:${port}/bare.git`;
            assert.equal(await resolveRevision({ url, ref: "main" }), second);
            assert.equal(await resolveRevision({ url, ref: first }), first);
        } finally {
            daemon.kill();
        }
    });

    it("says that a server does not answer", async () => {
        const url = `git://127.0.0.1:${await freePort()}/bare.git`;
        await assert.rejects(resolveRevision({ url, ref: "main" }), /the server does not answer/);
    });
});

describe("a pinned revision", () => {
    const inputs = { url: file, ref: "moving", checkHostKey: true };

    it("stays with its commit when the branch moves, until url or ref change", async () => {
        git("branch", "moving", first);
        push();
        const created = await check({}, inputs);
        assert.equal(created.inputs.commit, first);
        const { outs } = create(created.inputs);
        git("branch", "--force", "moving", second);
        push();

        const again = await check(outs, inputs);
        assert.equal(again.inputs.commit, first);
        assert.deepEqual(diff(outs, again.inputs), { changes: false });

        const other = await check(outs, { ...inputs, ref: "main" });
        assert.equal(other.inputs.commit, second);
        assert.deepEqual(diff(outs, other.inputs), { changes: true });
    });

    it("asks anew when it is replaced, as that comes without old inputs", async () => {
        assert.equal((await check({}, inputs)).inputs.commit, second);
    });

    it("reports a wrong ref as a failed check, so that a preview shows it", async () => {
        const { failures } = await check({}, { ...inputs, ref: "nope" });
        assert.equal(failures?.[0]?.property, "ref");
        assert.match(failures[0].reason, /has no branch or tag nope/);
    });
});

/** A machine of one's own may lack a server; where all has to be proved it fails to start, and so do the tests. */
const missing = existsSync(sshdProgram) || process.env.CI === "true" ? false : `there is no ${sshdProgram}`;

describe("over SSH", { skip: missing }, () => {
    let server: Sshd;
    let known: string;
    const key = path.join(directory, "user key");
    const stranger = path.join(directory, "stranger");
    const url = () => `[${userInfo().username}@127.0.0.1:${server.port}]:${bare}`;

    before(async () => {
        makeKey(key, "ed25519");
        makeKey(stranger, "ed25519");
        server = await Sshd.start(path.join(directory, "server"), "127.0.0.1", [publicKeyOf(key)]);
        known = path.join(directory, "known hosts");
        writeFileSync(known, server.knownHosts);
    });

    after(() => {
        server.stop();
    });

    it("logs in with the given key and the known host key, on any port", async () => {
        const ssh = { keyFile: key, knownHostsFile: known, checkHostKey: true };
        assert.equal(await resolveRevision({ url: url(), ref: "main", ssh }), second);
        assert.equal(await resolveRevision({ url: url(), ref: first, ssh }), first);
    });

    it("refuses a server whose host key is another, unless told not to look", async () => {
        const ssh = { keyFile: key, knownHostsFile: "/dev/null", checkHostKey: true };
        await assert.rejects(resolveRevision({ url: url(), ref: "main", ssh }), /host key is not the known one/);
        const careless = { keyFile: key, checkHostKey: false };
        assert.equal(await resolveRevision({ url: url(), ref: "main", ssh: careless }), second);
    });

    it("logs in with a key in a form that ssh cannot read", async () => {
        const cut = path.join(directory, "cut");
        writeFileSync(cut, readFileSync(key, "utf8").trimEnd(), { mode: 0o600 });
        const ssh = { keyFile: cut, knownHostsFile: known, checkHostKey: true };
        assert.equal(await resolveRevision({ url: url(), ref: "main", ssh }), second);
    });

    it("says that the server refused the key, instead of trying others", async () => {
        const ssh = { keyFile: stranger, knownHostsFile: known, checkHostKey: true };
        await assert.rejects(resolveRevision({ url: url(), ref: "main", ssh }), /the server refused the key/);
    });
});

// What is found out about key and git server before anything runs, from a real sshd.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import path from "node:path";
import { describe, it } from "node:test";
import { codeChecks } from "../../../../preview/preflight/code/checks.ts";
import { runChecks } from "../../../../preview/preflight/run.ts";
import { experimentSettings, remoteRecipe } from "../../../components/fixture.ts";
import { makeKey } from "../../../pipeline/fixtures/sshd.ts";
import { directory, key, pushed, reportOf, reports, scpUrl, server, subjectOf, told } from "./experiment.ts";
import { serveOverHttp } from "./httpGit.ts";

describe("the SSH key", () => {
    it("is told with its kind, and where the server's host key is known from", async () => {
        const { status, summary } = await reportOf("SSH key");
        assert.equal(status, "passed");
        const name = `[127.0.0.1]:${server.port}`;
        assert.equal(summary, `ed25519 key ${key}, host key of ${name} in ${path.join(directory, "known_hosts")}`);
        const careless = await reportOf("SSH key", { checkHostKey: false });
        assert.equal(careless.summary, `ed25519 key ${key}, host key of ${name} not checked`);
    });

    it("is an error when it is missing, and the server is then not asked", async () => {
        const [first, second] = await reports({ key: path.join(directory, "nowhere") });
        assert.ok(first && second);
        assert.match(
            told(first).join(),
            /^error: .*sandbox\.cfg:13: \[luigi_ssh\] ssh_file: \S+nowhere does not exist/,
        );
        assert.deepEqual([second.name, second.status], ["git server", "skipped"]);
    });

    it("is an error when the server's host key is not known", async () => {
        mkdirSync(path.join(directory, "elsewhere"));
        const alone = path.join(directory, "elsewhere", "key");
        makeKey(alone, "ed25519");
        const [first, second] = await reports({ key: alone });
        assert.ok(first && second);
        assert.match(
            told(first).join(),
            /^error: .*\[luigi_Train\] git_url: the host key of \S+ is in none of \S+known_hosts/,
        );
        assert.equal(second.status, "skipped");
    });

    it("is only doubtful in a form that ssh cannot read, as git here and in the pod gets a mended copy", async () => {
        const cut = path.join(directory, "cut");
        writeFileSync(cut, readFileSync(key, "utf8").trimEnd().replaceAll("\n", "\r\n"), { mode: 0o600 });
        const [first, second] = await reports({ key: cut });
        assert.ok(first && second);
        assert.match(told(first).join(), /^warning: .*ssh_file: \S+cut has Windows line endings and lacks the newline/);
        assert.deepEqual(
            [second.status, second.summary],
            ["passed", `my-feature is ${pushed.slice(0, 8)} at ${scpUrl()}`],
        );
    });
});

describe("the git server", () => {
    it("tells the commit of a branch, and hands out a commit by its hash", async () => {
        const branch = await reportOf("git server");
        assert.deepEqual(
            [branch.status, branch.summary],
            ["passed", `my-feature is ${pushed.slice(0, 8)} at ${scpUrl()}`],
        );
        const hash = await reportOf("git server", { ref: pushed });
        assert.equal(hash.summary, `${pushed.slice(0, 8)} at ${scpUrl()}`);
    });

    it("is asked over HTTP too, without a key", async () => {
        const http = await serveOverHttp(directory);
        try {
            const address = `${http.address}/aframe.git`;
            const [first, ...rest] = await reports({ url: address, key: "/nowhere" });
            assert.deepEqual(
                [first?.name, first?.summary],
                ["git server", `my-feature is ${pushed.slice(0, 8)} at ${address}`],
            );
            assert.deepEqual(
                rest.map(({ name }) => name),
                ["local checkout"],
            );
            const wrong = await reportOf("git server", { url: `${http.address}/frame.git` });
            assert.match(told(wrong).join(), /^error: .*\[luigi_Train\] git_url: \S+: there is no such repository/);
        } finally {
            http.stop();
        }
    });

    it("has no such branch: an error at git_ref, with the branch that was probably meant", async () => {
        const report = await reportOf("git server", { ref: "my-feture" });
        assert.match(
            told(report).join(),
            /^error: .*sandbox\.cfg:11: \[luigi_Train\] git_ref: .* has no branch or tag my-feture; did you mean my-feature\?$/,
        );
    });

    it("refuses a key that it does not know", async () => {
        const stranger = path.join(directory, "stranger");
        makeKey(stranger, "ed25519");
        const report = await reportOf("git server", { key: stranger });
        assert.match(told(report).join(), /^error: .*\[luigi_Train\] git_url: \S+: the server refused the key:/);
    });

    it("does not answer in time: a doubt, no error", async () => {
        const silent = net.createServer(() => undefined);
        await new Promise<void>((resolve) => {
            silent.listen(0, "127.0.0.1", resolve);
        });
        const { port } = silent.address() as AddressInfo;
        const checks = codeChecks(subjectOf({ url: `ssh://git@127.0.0.1:${port}/x.git`, checkHostKey: false }));
        const all = await runChecks(checks, { timeLimitMs: 300 });
        silent.close();
        const report = all.find(({ name }) => name === "git server");
        assert.ok(report);
        assert.deepEqual(told(report), ["warning: code: git server: no answer within 0.3 s"]);
    });
});

describe("codeChecks", () => {
    it("asks nothing when the image's own code trains, or training is local", () => {
        const settings = [experimentSettings(remoteRecipe), experimentSettings()];
        for (const one of settings) assert.deepEqual(codeChecks({ ...subjectOf(), settings: one }), []);
    });

    it("asks nothing of an address that the configuration reports as wrong", () => {
        assert.deepEqual(codeChecks(subjectOf({ url: "ssh://127.0.0.1/aframe.git" })), []);
    });
});

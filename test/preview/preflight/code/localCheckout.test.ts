// What training would not see of the researcher's own work: real work trees, of which nothing is changed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { snapshot } from "../snapshot.ts";
import { bare, commit, directory, git, pushed, reportOf, reports, told, url, work } from "./experiment.ts";

describe("the local checkout", () => {
    it("is unknown when neither AFRAME_REPO nor the command for law leads to the repository", async () => {
        for (const checkout of ["", path.join(directory, "none"), directory]) {
            const { status, summary } = await reportOf("local checkout", { checkout });
            assert.deepEqual([status, summary], ["passed", `no work tree of ${url()} is known here`]);
        }
        git("remote", "remove", "origin");
        assert.match((await reportOf("local checkout", { checkout: work })).summary, /^no work tree of /);
        git("remote", "add", "origin", `127.0.0.1:${bare.replace(".git", "")}`);
    });

    it("is found from a folder in it, or from the Python of an environment in it", async () => {
        const python = path.join(work, ".venv", "bin", "python");
        mkdirSync(path.dirname(python), { recursive: true });
        writeFileSync(path.join(work, ".venv", ".gitignore"), "*\n");
        writeFileSync(python, "");
        const train = path.join(work, "train");
        for (const variation of [
            { checkout: train },
            { law: ["uv", "run", "--project", work, "law"] },
            { law: ["uv", "run", `--project=${work}`, "law"] },
            { law: [python, "law_command.py"] },
        ]) {
            const { status, summary } = await reportOf("local checkout", variation);
            assert.deepEqual([status, summary], ["passed", `${work} on my-feature, all committed`]);
        }
    });

    it("has work that was never committed, in known and in new files", async () => {
        for (const name of ["model.py", "data.py", "fit.py"]) appendFileSync(path.join(work, "train", name), "pass\n");
        writeFileSync(path.join(work, "new.py"), "");
        const report = await reportOf("local checkout", { checkout: work });
        assert.equal(report.summary, `${work} on my-feature, 4 uncommitted files`);
        assert.match(
            told(report).join(),
            /^warning: .*sandbox\.cfg:11: \[luigi_Train\] git_ref: \S+work has 4 uncommitted files, which training would not see: train\/data\.py, train\/fit\.py, train\/model\.py and 1 more \(commit and push to my-feature\)$/,
        );
    });

    it("has commits that were never pushed", async () => {
        git("add", "--all");
        commit("Try another loss");
        commit('Say "no" to NaN');
        const [, serverReport, checkoutReport] = await reports({ checkout: work });
        assert.ok(serverReport && checkoutReport);
        assert.equal(checkoutReport.summary, `${work} on my-feature, all committed`);
        const [line] = told(serverReport);
        assert.ok(
            line?.endsWith(
                `${work} has 2 commits that the server has not, and training would not see: ` +
                    `"Say \\"no\\" to NaN", "Try another loss" (git -C ${work} push origin my-feature)`,
            ),
            line,
        );
        const named = await reportOf("git server", { checkout: work, ref: "refs/heads/my-feature" });
        assert.equal(told(named).length, 1);
    });

    it("misses nothing of a ref that is not the branch that is checked out", async () => {
        for (const ref of ["main", pushed]) {
            const [, serverReport, checkoutReport] = await reports({ checkout: work, ref });
            assert.ok(serverReport && checkoutReport);
            assert.deepEqual(told(serverReport), []);
            assert.equal(checkoutReport.summary, `${work} on my-feature, not on ${ref}, all committed`);
        }
    });

    it("is told by what was fetched last when somebody else has pushed since", async () => {
        const other = path.join(directory, "other");
        execFileSync("git", ["clone", "--quiet", "-b", "my-feature", bare, other], { stdio: "ignore" });
        const identity = ["-c", "user.name=other", "-c", "user.email=other@example.org"];
        execFileSync("git", ["-C", other, ...identity, "commit", "--quiet", "--allow-empty", "-m", "theirs"]);
        execFileSync("git", ["-C", other, "push", "--quiet"]);
        assert.deepEqual(told(await reportOf("git server", { checkout: work })), []);
        git("update-ref", "refs/remotes/origin/my-feature", pushed);
        const [line] = told(await reportOf("git server", { checkout: work }));
        assert.match(line ?? "", / has 2 commits that the server has not/);
    });

    it("stays as it is to the byte, and runs nothing of what its config names", async () => {
        const trap = path.join(directory, "trap");
        writeFileSync(trap, `#!/bin/sh\ntouch ${directory}/trapped\n`);
        chmodSync(trap, 0o700);
        mkdirSync(path.join(directory, "hooks"));
        for (const hook of ["post-index-change", "reference-transaction"]) {
            writeFileSync(path.join(directory, "hooks", hook), `#!/bin/sh\ntouch ${directory}/trapped\n`);
            chmodSync(path.join(directory, "hooks", hook), 0o700);
        }
        git("config", "core.fsmonitor", trap);
        git("config", "core.hooksPath", path.join(directory, "hooks"));
        // git would look at the contents, find them the same, and note that in its index.
        utimesSync(path.join(work, "train", "model.py"), 1, 1);
        appendFileSync(path.join(work, "train", "data.py"), "pass\n");
        const earlier = snapshot(work);
        const all = await reports({ checkout: work });
        assert.equal(all.at(-1)?.summary, `${work} on my-feature, 1 uncommitted file`);
        assert.deepEqual(snapshot(work), earlier);
        assert.ok(!existsSync(path.join(directory, "trapped")), "something was run");
        // What a plain look does, so that the test can fail.
        git("status");
        assert.notDeepEqual(snapshot(work), earlier);
        assert.ok(existsSync(path.join(directory, "trapped")));
    });
});

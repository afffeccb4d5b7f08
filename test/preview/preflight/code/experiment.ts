// An experiment whose code is in a repository behind a real sshd, and the researcher's own work tree of it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { describeProblem } from "../../../../config/errors.ts";
import type { Subject } from "../../../../preview/preflight/check.ts";
import { codeChecks } from "../../../../preview/preflight/code/checks.ts";
import { type Report, runChecks } from "../../../../preview/preflight/run.ts";
import { experimentSettings, remoteRecipe, temporaryDirectory } from "../../../components/fixture.ts";
import { makeKey, publicKeyOf, Sshd } from "../../../pipeline/fixtures/sshd.ts";

export const directory = temporaryDirectory();
export const bare = path.join(directory, "aframe.git");
export const work = path.join(directory, "work");
export const key = path.join(directory, "id_ed25519");

makeKey(key, "ed25519");
export const server = await Sshd.start(path.join(directory, "server"), "127.0.0.1", [publicKeyOf(key)]);
after(() => {
    server.stop();
});
writeFileSync(path.join(directory, "known_hosts"), server.knownHosts);

export function git(...args: string[]): string {
    const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
    return execFileSync("git", ["-C", work, ...identity, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
}

export function commit(message: string): string {
    git("commit", "--quiet", "--allow-empty", "-m", message);
    return git("rev-parse", "HEAD");
}

/** As a user writes it. */
export function url(repository = bare): string {
    return `ssh://${userInfo().username}@127.0.0.1:${server.port}${repository}`;
}

/** As git is told it. */
export function scpUrl(): string {
    return `[${userInfo().username}@127.0.0.1:${server.port}]:${bare}`;
}

export interface Variation {
    readonly url?: string;
    readonly ref?: string;
    readonly key?: string;
    readonly checkHostKey?: false;
    /** AFRAME_REPO. */
    readonly checkout?: string;
    readonly law?: readonly string[];
}

export function subjectOf(variation: Variation = {}): Subject {
    // The fixture's cfg ends in [luigi_Train].
    const cfg = [
        ...["use_init_containers = True", `git_url = ${variation.url ?? url()}`],
        ...[`git_ref = ${variation.ref ?? "my-feature"}`, "[luigi_ssh]", `ssh_file = ${variation.key ?? key}`],
        ...(variation.checkHostKey === false ? ["check_host_key = False"] : []),
    ];
    const { law = ["law"] } = variation;
    const settings = experimentSettings({ ...remoteRecipe, cfg: `${cfg.join("\n")}\n`, stack: { law } });
    const environment = { ...settings.stack.environment, AFRAME_REPO: variation.checkout ?? "" };
    return {
        settings: { ...settings, stack: { ...settings.stack, environment } },
        s3: {},
        dataBytes: 0,
        knownHostsFiles: [],
        home: directory,
        environment: {},
    };
}

export async function reports(variation?: Variation): Promise<Report[]> {
    return await runChecks(codeChecks(subjectOf(variation)), { timeLimitMs: 60_000 });
}

/** Of the check of that name alone. */
export async function reportOf(name: string, variation?: Variation): Promise<Report> {
    const checks = codeChecks(subjectOf(variation)).filter((check) => check.name === name);
    const [report] = await runChecks(checks, { timeLimitMs: 60_000 });
    assert.ok(report, `there is no check ${name}`);
    return report;
}

export function told({ findings }: Report): string[] {
    return findings.map(({ level, problem }) => `${level}: ${describeProblem(problem)}`);
}

execFileSync("git", ["init", "--quiet", "--bare", "-b", "main", bare]);
execFileSync("git", ["init", "--quiet", "-b", "my-feature", work]);
mkdirSync(path.join(work, "train"));
for (const name of ["model.py", "data.py", "fit.py", "cli.py"]) writeFileSync(path.join(work, "train", name), "");
git("add", "--all");
/** The commit of main and my-feature on the server. */
export const pushed = commit("first");
git("push", "--quiet", bare, "my-feature", "my-feature:main");
git("remote", "add", "colleague", "git@example.org:colleague/aframe.git");
git("remote", "add", "origin", `127.0.0.1:${bare.replace(".git", "")}`);

// Finds out which commit a ref of a remote repository names, and that the server hands out that very commit.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type SimpleGit, simpleGit } from "simple-git";
import { parseGitRef } from "../../config/git.ts";
import { type SshAccess, sshCommand } from "./ssh.ts";

export interface RevisionRequest {
    /** As written by `parseRepository`, so never an option of git. */
    readonly url: string;
    /** Branch, tag or full commit. */
    readonly ref: string;
    /** @default no key: the URL is not an SSH one */
    readonly ssh?: SshAccess;
}

const commitPattern = /^[0-9a-f]{40}$/;

/** What git needs of this machine: simple-git refuses to pass on an environment with editors, pagers and the like. */
const keptEnvironment = [
    ...["PATH", "HOME", "XDG_CONFIG_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR"],
    ...["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"],
];

/** git and servers that do not answer must not hold up a preview for ever. */
const silenceMs = 60_000;

/** The full commit that `ref` names now. Throws an error that says what to change. */
export async function resolveRevision(request: RevisionRequest): Promise<string> {
    parseGitRef(request.ref);
    const directory = await mkdtemp(path.join(tmpdir(), "aframe-revision-"));
    try {
        const git = openGit(directory, request.ssh);
        const commit = commitPattern.test(request.ref) ? request.ref : await lookUpRef(git, request);
        await assertServed(git, request, commit);
        return commit;
    } finally {
        await rm(directory, { recursive: true, force: true });
    }
}

function openGit(directory: string, ssh: SshAccess | undefined): SimpleGit {
    const git = simpleGit({
        baseDir: directory,
        timeout: { block: silenceMs },
        unsafe: { allowUnsafeSshCommand: true },
        allowEnvironment: ["GIT_SSH_COMMAND", "GIT_TERMINAL_PROMPT"],
    });
    const kept = keptEnvironment.flatMap((name) =>
        process.env[name] === undefined ? [] : [[name, process.env[name]]],
    );
    return git.env({
        ...(Object.fromEntries(kept) as Record<string, string>),
        // Nobody is there to answer a question.
        GIT_TERMINAL_PROMPT: "0",
        LC_ALL: "C",
        ...(ssh && { GIT_SSH_COMMAND: sshCommand(ssh) }),
    });
}

async function lookUpRef(git: SimpleGit, { url, ref }: RevisionRequest): Promise<string> {
    const listing = await explained(url, () => git.raw(["ls-remote", "--", url, ref, `${ref}^{}`]));
    const found = new Map(
        listing.split("\n").flatMap((line): [string, string][] => {
            const [commit = "", name = ""] = line.split("\t");
            return commitPattern.test(commit) ? [[name, commit]] : [];
        }),
    );
    // `^{}` is the commit an annotated tag points at.
    const named = (name: string) => found.get(`${name}^{}`) ?? found.get(name);
    const [tag, branch] = [named(`refs/tags/${ref}`), named(`refs/heads/${ref}`)];
    if (tag !== undefined && branch !== undefined && tag !== branch) {
        throw new Error(`${url} has both a tag and a branch ${ref}; write refs/heads/${ref} or refs/tags/${ref}`);
    }
    const commit = named(ref) ?? tag ?? branch;
    if (commit === undefined) {
        const hint = /^[0-9a-f]{7,39}$/.test(ref) ? "; write a commit with all its 40 digits" : "";
        throw new Error(`${url} has no branch or tag ${ref}${hint}`);
    }
    return commit;
}

/** Asks for the commit as a pod will: alone, by its hash. Only its object is transferred where the server can filter. */
async function assertServed(git: SimpleGit, { url }: RevisionRequest, commit: string): Promise<void> {
    await git.init(true);
    await explained(url, () =>
        git.raw(["fetch", "--quiet", "--depth=1", "--filter=tree:0", "--no-tags", "--", url, commit]),
    );
}

/** Failures of git that a user can do something about, and what that is. */
const causes: readonly (readonly [RegExp, string])[] = [
    [/host key verification failed|no .* host key is known/i, "the server's host key is not the known one"],
    [/permission denied \(|could not read username|authentication failed/i, "the server refused the key"],
    [/could not resolve host|name or service not known/i, "there is no such server"],
    [
        /connection (timed out|refused)|failed to connect|no route to host|block timeout reached/i,
        "the server does not answer",
    ],
    [
        /unadvertised object|not our ref|couldn't find remote ref/i,
        "the server does not hand out this commit; push it, or allow it (uploadpack.allowAnySHA1InWant)",
    ],
    [/repository not found|does not appear to be a git repository/i, "there is no such repository, or no access to it"],
];

async function explained<T>(url: string, run: () => Promise<T>): Promise<T> {
    try {
        return await run();
    } catch (error) {
        const detail = (error instanceof Error ? error.message : String(error)).trim();
        const cause = causes.find(([pattern]) => pattern.test(detail))?.[1];
        throw new Error(`${url}: ${cause ?? "git failed"}:\n${detail}`, { cause: error });
    }
}

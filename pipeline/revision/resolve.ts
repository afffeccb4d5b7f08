// Finds out which commit a ref of a remote repository names, and that the server hands out that very commit.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SimpleGit } from "simple-git";
import { parseGitRef } from "../../config/git.ts";
import { didYouMean } from "../../config/similar.ts";
import { openGit } from "./git.ts";
import { readableKeyFile } from "./keyFile.ts";
import type { SshAccess } from "./ssh.ts";

export interface RevisionRequest {
    /** As written by `parseRepository`, so never an option of git. */
    readonly url: string;
    /** Branch, tag or full commit. */
    readonly ref: string;
    /** @default no key: the URL is not an SSH one */
    readonly ssh?: SshAccess;
    /** Ends the asking. @default only a server's own silence does */
    readonly signal?: AbortSignal;
}

/** The server is right, the ref is not. */
export class RefError extends Error {
    override readonly name = "RefError";
}

const commitPattern = /^[0-9a-f]{40}$/;

/** The full commit that `ref` names now. Throws an error that says what to change. */
export async function resolveRevision(request: RevisionRequest): Promise<string> {
    parseGitRef(request.ref);
    const directory = await mkdtemp(path.join(tmpdir(), "aframe-revision-"));
    try {
        const { ssh, signal } = request;
        const access = ssh && { ...ssh, keyFile: await readableKeyFile(ssh.keyFile, directory) };
        const git = openGit(directory, access, signal);
        const commit = commitPattern.test(request.ref) ? request.ref : await lookUpRef(git, request);
        await assertServed(git, request, commit);
        return commit;
    } finally {
        await rm(directory, { recursive: true, force: true });
    }
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
        throw new RefError(`${url} has both a tag and a branch ${ref}; write refs/heads/${ref} or refs/tags/${ref}`);
    }
    const commit = named(ref) ?? tag ?? branch;
    if (commit === undefined) {
        const isShort = /^[0-9a-f]{7,39}$/.test(ref);
        const hint = isShort ? "write a commit with all its 40 digits" : didYouMean(ref, await listRefs(git, url));
        throw new RefError(`${url} has no branch or tag ${ref}${hint === undefined ? "" : `; ${hint}`}`);
    }
    return commit;
}

/** The short names of all branches and tags. */
async function listRefs(git: SimpleGit, url: string): Promise<string[]> {
    const listing = await explained(url, () => git.raw(["ls-remote", "--heads", "--tags", "--refs", "--", url]));
    return [...listing.matchAll(/\trefs\/(?:heads|tags)\/(.+)$/gm)].map(([, name = ""]) => name);
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
    [/spawn git ENOENT/, "there is no git on this machine"],
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
    [
        /repository (?:'.*' )?not found|does not appear to be a git repository/i,
        "there is no such repository, or no access to it",
    ],
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

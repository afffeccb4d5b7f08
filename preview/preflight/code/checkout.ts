// The researcher's own checkout of the code that is to be trained: what of it training would not see.
import { stat } from "node:fs/promises";
import path from "node:path";
import type { SimpleGit } from "simple-git";
import { findLawCommand } from "../../../config/lawCommand.ts";
import type { StackSettings } from "../../../config/settings.ts";
import { openWorkTree } from "../../../pipeline/revision/git.ts";
import { repositoryName } from "../../../pipeline/revision/repository.ts";

export interface Checkout {
    /** Of the work tree. */
    readonly root: string;
    /** The remote that is the repository of `git_url`. */
    readonly remote: string;
    readonly git: SimpleGit;
}

/** Where the stack says Aframe is, when that is a work tree with a remote that is the repository `url`. */
export async function findCheckout(
    stack: StackSettings,
    url: string,
    signal: AbortSignal,
): Promise<Checkout | undefined> {
    for (const folder of await possibleFolders(stack)) {
        const root = await rootOf(folder, signal);
        const git = root === undefined ? undefined : openWorkTree(root, signal);
        const remote = git && (await remoteFor(git, url));
        if (root !== undefined && git && remote !== undefined) {
            return { root, remote, git };
        }
    }
    return undefined;
}

/** AFRAME_REPO, and what the command for law names: a project folder, or the law or Python of its environment. */
async function possibleFolders(stack: StackSettings): Promise<Set<string>> {
    const words = findLawCommand(stack).map((word) => word.replace(/^--\w+=/, ""));
    const named = [stack.environment.AFRAME_REPO ?? "", ...words].filter((word) => path.isAbsolute(word));
    const folders = named.map(async (name) => {
        const found = await stat(name).catch(() => undefined);
        return found?.isDirectory() ? [name] : found?.isFile() ? [path.dirname(name)] : [];
    });
    return new Set((await Promise.all(folders)).flat());
}

async function rootOf(folder: string, signal: AbortSignal): Promise<string | undefined> {
    try {
        return (await openWorkTree(folder, signal).raw(["rev-parse", "--show-toplevel"])).trimEnd();
    } catch {
        signal.throwIfAborted();
        // No work tree, or one of another user, which git does not touch.
        return undefined;
    }
}

async function remoteFor(git: SimpleGit, url: string): Promise<string | undefined> {
    const wanted = repositoryName(url);
    const remotes = await git.getRemotes(true);
    return remotes.find(({ refs }) =>
        [refs.fetch, refs.push].some((address) => address && repositoryName(address) === wanted),
    )?.name;
}

export interface WorkTreeState {
    /** Undefined when no branch is checked out. */
    readonly branch?: string;
    /** Files that differ from the last commit or are new, ignored ones left out; relative to the root. */
    readonly uncommitted: readonly string[];
}

export async function readWorkTree({ git }: Checkout): Promise<WorkTreeState> {
    const { current, detached, files } = await git.status(["--untracked-files=normal"]);
    return {
        ...(current !== null && !detached && { branch: current }),
        uncommitted: files.map((file) => file.path),
    };
}

/** The branch that a ref names, however it is written. */
export function branchOf(ref: string): string {
    return ref.replace(/^refs\/heads\//, "");
}

/**
 * The subjects of the commits, newest first, that the branch `ref` has here and not on its server, where it is at
 * `commit`. None when another branch is checked out.
 */
export async function unpushedCommits({ git, remote }: Checkout, ref: string, commit: string): Promise<string[]> {
    const branch = branchOf(ref);
    const head = await git.raw(["rev-parse", "--symbolic-full-name", "HEAD"]).catch(() => "");
    if (head.trimEnd() !== `refs/heads/${branch}`) {
        return [];
    }
    const exists = (name: string) =>
        git.raw(["rev-parse", "--verify", `${name}^{commit}`]).then(
            () => true,
            () => false,
        );
    // Somebody else may have pushed since; then the last state that was fetched tells.
    for (const base of [commit, `refs/remotes/${remote}/${branch}`]) {
        if (await exists(base)) {
            const log = await git.raw(["log", "--format=%s", "HEAD", "--not", base, "--"]);
            return log.split("\n").filter((subject) => subject !== "");
        }
    }
    return [];
}

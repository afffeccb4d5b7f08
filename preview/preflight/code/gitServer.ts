// Whether the git server hands out the commit that `git_ref` names now, and whether that is all there is of it.
import { collect, type Problem } from "../../../config/errors.ts";
import { RefError, resolveRevision } from "../../../pipeline/revision/resolve.ts";
import type { SshAccess } from "../../../pipeline/revision/ssh.ts";
import { placeOfValue } from "../../places.ts";
import { Blocked, type CheckResult, type Finding } from "../check.ts";
import { nameFirst } from "../nameFirst.ts";
import { branchOf, type Checkout, unpushedCommits } from "./checkout.ts";
import type { Code } from "./code.ts";

/** Longer than a check may take, so that slowness is no refusal; and short, as ssh outlives the git that started it. */
const connectTimeoutSeconds = 5;

export async function checkGitServer(code: Code, signal: AbortSignal): Promise<CheckResult> {
    const { settings, git, repository } = code;
    const { url } = repository;
    const ssh = accessOf(code);
    let commit: string;
    try {
        commit = await resolveRevision({ url, ref: git.ref, signal, ...(ssh && { ssh }) });
    } catch (error) {
        signal.throwIfAborted();
        const place = placeOfValue(settings, "luigi_Train", error instanceof RefError ? "git_ref" : "git_url");
        const message = error instanceof Error ? error.message : String(error);
        return { summary: url, findings: [{ level: "error", problem: { ...place, message } }] };
    }
    const checkout = await code.checkout(signal);
    const missed = checkout ? await unpushedCommits(checkout, git.ref, commit) : [];
    return {
        summary: `${git.ref === commit ? "" : `${git.ref} is `}${commit.slice(0, 8)} at ${url}`,
        findings: checkout && missed.length > 0 ? [forgottenToPush(code, checkout, missed)] : [],
    };
}

function accessOf({ repository, git, ssh }: Code): SshAccess | undefined {
    if (repository.transport === "plain") {
        return undefined;
    }
    const reportedElsewhere: Problem[] = [];
    const identity = collect(reportedElsewhere, {}, ssh);
    if (identity === undefined) {
        throw new Blocked("needs the SSH key and the server's host key");
    }
    const { keyFile, hostKeys } = identity;
    const access = { keyFile, checkHostKey: git.checkHostKey, connectTimeoutSeconds };
    return hostKeys ? { ...access, knownHostsFile: hostKeys.file } : access;
}

function forgottenToPush({ settings, git }: Code, { root, remote }: Checkout, missed: readonly string[]): Finding {
    const count = missed.length === 1 ? "1 commit" : `${missed.length} commits`;
    const subjects = nameFirst(missed.map((subject) => JSON.stringify(subject)));
    return {
        level: "warning",
        problem: {
            ...placeOfValue(settings, "luigi_Train", "git_ref"),
            message: `${root} has ${count} that the server has not, and training would not see: ${subjects}`,
            suggestion: `git -C ${root} push ${remote} ${branchOf(git.ref)}`,
        },
    };
}

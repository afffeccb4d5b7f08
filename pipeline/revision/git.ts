// git as this program runs it: nobody is there to answer a question, and it sees only what it needs of this machine.
import { type SimpleGit, type SimpleGitOptions, simpleGit } from "simple-git";
import { type SshAccess, sshCommand } from "./ssh.ts";

/** simple-git refuses to pass on an environment with editors, pagers and the like. */
const keptEnvironment = [
    ...["PATH", "HOME", "XDG_CONFIG_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR"],
    ...["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"],
];

/** git and servers that do not answer must not hold up a preview for ever. */
const silenceMs = 60_000;

/** To ask servers, from a folder of one's own; the signal ends what runs. */
export function openGit(directory: string, ssh: SshAccess | undefined, signal?: AbortSignal): SimpleGit {
    return open(directory, signal, { ...(ssh && { GIT_SSH_COMMAND: sshCommand(ssh) }) });
}

/**
 * To look at somebody's work tree: nothing is written, not even a fresher index, no server is asked, not even for the
 * objects that a partial clone left out, and of what the repository's config would run, neither hooks nor monitor run.
 */
export function openWorkTree(directory: string, signal?: AbortSignal): SimpleGit {
    return open(
        directory,
        signal,
        { GIT_OPTIONAL_LOCKS: "0" },
        {
            config: ["core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never"],
            unsafe: { allowUnsafeFsMonitor: true, allowUnsafeHooksPath: true, allowUnsafeProtocolOverride: true },
        },
    );
}

function open(
    directory: string,
    signal: AbortSignal | undefined,
    environment: Readonly<Record<string, string>>,
    options: Partial<SimpleGitOptions> = {},
): SimpleGit {
    const git = simpleGit({
        baseDir: directory,
        timeout: { block: silenceMs },
        unsafe: { allowUnsafeSshCommand: true },
        allowEnvironment: ["GIT_SSH_COMMAND", "GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS"],
        ...(signal && { abort: signal }),
        ...options,
    });
    const kept = keptEnvironment.flatMap((name) =>
        process.env[name] === undefined ? [] : [[name, process.env[name]]],
    );
    return git.env({
        ...(Object.fromEntries(kept) as Record<string, string>),
        GIT_TERMINAL_PROMPT: "0",
        LC_ALL: "C",
        ...environment,
    });
}

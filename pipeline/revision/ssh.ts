// How git reaches a server over SSH: with the one key given, and against known host keys.
import { quoteForShell } from "../../config/shell.ts";

export interface SshAccess {
    /** Private key; absolute. */
    readonly keyFile: string;
    /** Absolute; required when `checkHostKey` is on. */
    readonly knownHostsFile?: string;
    readonly checkHostKey: boolean;
    /** A server that is silent for so long is given up. @default 20 */
    readonly connectTimeoutSeconds?: number;
}

/**
 * The value of GIT_SSH_COMMAND. git hands it to a shell, so each argument is quoted for one. The user's ssh config,
 * agent and other keys are left out: the pod has none of them, and what works here must work there.
 */
export function sshCommand(access: SshAccess): string {
    const options = [
        "BatchMode=yes",
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        `ConnectTimeout=${access.connectTimeoutSeconds ?? 20}`,
        ...(access.checkHostKey
            ? [
                  "StrictHostKeyChecking=yes",
                  `UserKnownHostsFile=${configPath(access.knownHostsFile ?? "/dev/null")}`,
                  "GlobalKnownHostsFile=/dev/null",
              ]
            : ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"]),
    ];
    const args = ["ssh", "-F", "/dev/null", "-i", access.keyFile.replaceAll("%", "%%")];
    return [...args, ...options.flatMap((option) => ["-o", option])].map(quoteForShell).join(" ");
}

/** ssh splits the value at spaces and expands `%` tokens. */
function configPath(path: string): string {
    return `"${path.replaceAll("%", "%%").replaceAll('"', '\\"')}"`;
}

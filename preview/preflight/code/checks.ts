// The checks of the code that a remote training gets from git.
import type { Check, Subject } from "../check.ts";
import { codeOf } from "./code.ts";
import { checkGitServer } from "./gitServer.ts";
import { checkLocalCheckout } from "./localCheckout.ts";
import { checkSshKey } from "./sshKey.ts";

/** None when the image's own code trains. */
export function codeChecks(subject: Subject): Check[] {
    const code = codeOf(subject);
    if (code === undefined) {
        return [];
    }
    const group = "code";
    const server: Check = { group, name: "git server", run: (signal) => checkGitServer(code, signal) };
    const checkout: Check = { group, name: "local checkout", run: (signal) => checkLocalCheckout(code, signal) };
    const { repository } = code;
    return repository.transport === "ssh"
        ? [{ group, name: "SSH key", run: () => checkSshKey(code, repository) }, server, checkout]
        : [server, checkout];
}

// The code that a remote training is to get from git, as the checks of this folder see it.
import { readSshIdentity, type SshIdentity } from "../../../components/sshSecret.ts";
import { collect, type Problem } from "../../../config/errors.ts";
import type { ExperimentSettings, GitSettings } from "../../../config/settings.ts";
import { parseRepository, type Repository } from "../../../pipeline/revision/repository.ts";
import type { Subject } from "../check.ts";
import { type Checkout, findCheckout } from "./checkout.ts";

export interface Code {
    readonly settings: ExperimentSettings;
    readonly git: GitSettings;
    readonly repository: Repository;
    /** Key and host keys, when git goes over SSH. Throws a ConfigError when they cannot be used. */
    readonly ssh: () => SshIdentity | undefined;
    /** The researcher's own work tree of that repository, when the stack tells of one. */
    readonly checkout: (signal: AbortSignal) => Promise<Checkout | undefined>;
}

/** Undefined when the image's own code trains, or when the address is wrong, which the training's plan reports. */
export function codeOf({ settings, knownHostsFiles }: Subject): Code | undefined {
    const { training, stack } = settings;
    const git = training.where === "remote" ? training.git : undefined;
    const reportedElsewhere: Problem[] = [];
    const repository = git && collect(reportedElsewhere, {}, () => parseRepository(git.url));
    if (git === undefined || repository === undefined) {
        return undefined;
    }
    let checkout: Promise<Checkout | undefined> | undefined;
    return {
        settings,
        git,
        repository,
        ssh: () =>
            repository.transport === "ssh"
                ? readSshIdentity(settings, repository, { checkHostKey: git.checkHostKey, knownHostsFiles })
                : undefined,
        checkout: (signal) => (checkout ??= findCheckout(stack, git.url, signal)),
    };
}

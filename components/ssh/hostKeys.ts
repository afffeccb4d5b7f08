// Decides which host keys git may trust for a repository.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SshRepository } from "../../pipeline/revision/repository.ts";
import { findHostKeys } from "./knownHosts.ts";

export interface HostKeys {
    /** The file they were found in. */
    readonly file: string;
    /** The lines for this server alone, as a known_hosts file. */
    readonly text: string;
}

/** https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/githubs-ssh-key-fingerprints */
const publishedKeys = fileURLToPath(new URL("github_known_hosts", import.meta.url));

/** Looks through `files` in order, then among the keys GitHub publishes. Undefined when the server is unknown. */
export function lookUpHostKeys(repository: SshRepository, files: readonly string[]): HostKeys | undefined {
    for (const file of [...files, publishedKeys]) {
        const lines = findHostKeys(readIfPresent(file), repository.knownHostsName);
        if (lines.length > 0) {
            return { file, text: `${lines.join("\n")}\n` };
        }
    }
    return undefined;
}

function readIfPresent(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EACCES")) {
            return "";
        }
        throw error;
    }
}

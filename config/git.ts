// Forms of git addresses and refs that can be handed to git and git-sync without being taken for something else.
import { ConfigError, quote } from "./errors.ts";

const host = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?";
const user = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
const sshForm = new RegExp(`^ssh://(?:${user}@)?${host}(?::\\d{1,5})?/[^-].*$`);
const shortForm = new RegExp(`^(?:${user}@)?${host}:(?![-/]/)[^-].*$`);
const httpForm = new RegExp(`^https?://${host}(?::\\d{1,5})?/[^-].*$`);

/** Checks `git_url`: git over SSH or HTTPS, without an option, a helper command or a password in it. */
export function parseGitUrl(text: string): string {
    if (/^https?:\/\/[^/]*@/i.test(text)) {
        throw new ConfigError([
            { message: "the address holds credentials", suggestion: "use git@host:owner/name.git and an SSH key" },
        ]);
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
    const blank = /[\u0000-\u0020\u007F]/.test(text);
    if (blank || text.includes("::") || ![sshForm, shortForm, httpForm].some((form) => form.test(text))) {
        throw new ConfigError([
            {
                message: `${quote(text)} is not a git address that a pod can clone`,
                suggestion: "git@host:owner/name.git, ssh://git@host/owner/name.git or https://host/owner/name.git",
            },
        ]);
    }
    return text;
}

/** Checks `git_ref`: a commit, or a branch or tag by git's own rules. */
export function parseGitRef(text: string): string {
    const reason = wrongRef(text);
    if (reason !== undefined) {
        throw new ConfigError([
            {
                message: `${quote(text)} is not a branch, tag or commit: ${reason}`,
                suggestion: "such as main or a full commit id",
            },
        ]);
    }
    return text;
}

function wrongRef(text: string): string | undefined {
    if (text === "" || text === "@") {
        return "no name";
    }
    if (text.startsWith("-")) {
        return "it starts with -";
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
    const bad = /[\u0000-\u0020\u007F~^:?*[\\]|\.\.|@\{|\/\//.exec(text)?.[0];
    if (bad !== undefined) {
        return `it holds ${quote(bad)}`;
    }
    const part = text.split("/").find((name) => name === "" || name.startsWith(".") || name.endsWith(".lock"));
    if (part !== undefined || text.endsWith(".")) {
        return "no part of it may be empty, start with a dot or end with .lock";
    }
    return undefined;
}

// Tells what the URL of a git repository means to git-sync and to ssh. Its form was checked with the configuration.
import { ConfigError, quote } from "../../config/errors.ts";

export type Repository = SshRepository | PlainRepository;

export interface SshRepository {
    readonly transport: "ssh";
    readonly host: string;
    /** @default 22 */
    readonly port?: number;
    /** `git@host:path`; git-sync 4.2 drops the user of an `ssh://` URL and would log in under another name. */
    readonly url: string;
    /** The name of the server in a known_hosts file: `host`, or `[host]:port`. */
    readonly knownHostsName: string;
}

/** Read without logging in. */
export interface PlainRepository {
    readonly transport: "plain";
    readonly url: string;
}

const scpForm = /^(?:(?<user>[^@/:]+)@)?(?<host>[^@/:]+):(?<path>.+)$/;

/** Throws a ConfigError when the URL does not say enough for a pod, which knows no ssh configuration of the user's. */
export function parseRepository(text: string): Repository {
    if (/^(https?|git|file):\/\//.test(text)) {
        return { transport: "plain", url: text };
    }
    const { user, host, port, path } = text.startsWith("ssh://") ? urlParts(text) : scpParts(text);
    if (host === "" || path === "" || path === "/") {
        throw invalid(text, "it lacks the server or the path");
    }
    if (user === "") {
        throw invalid(text, "it does not say as whom to log in", `usually as git: git@${host}:${path}`);
    }
    if (port === undefined || port === 22) {
        return { transport: "ssh", host, url: `${user}@${host}:${path}`, knownHostsName: host };
    }
    // The scp form with a port; not in git's manual, but in its tests (t5601) since 2015.
    return {
        transport: "ssh",
        host,
        port,
        url: `[${user}@${host}:${port}]:${path}`,
        knownHostsName: `[${host}]:${port}`,
    };
}

/** `host/path`, the same however the address of a repository is written; undefined for one that has no server. */
export function repositoryName(text: string): string | undefined {
    const isUrl = /^[a-z][a-z\d+.-]*:\/\//i.test(text);
    if (isUrl && !URL.canParse(text)) {
        return undefined;
    }
    const { host, path } = isUrl ? urlParts(text) : scpParts(text);
    const name = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
    // No server has two repositories whose names differ in nothing but case.
    return host === "" || name === "" ? undefined : `${host}/${name}`.toLowerCase();
}

interface SshParts {
    readonly user: string;
    readonly host: string;
    readonly port?: number;
    readonly path: string;
}

function urlParts(text: string): SshParts {
    const url = new URL(text);
    return {
        user: decodeURIComponent(url.username),
        host: url.hostname,
        ...(url.port !== "" && { port: Number(url.port) }),
        // `ssh://host/~user/path` is relative to a home directory, any other path is absolute.
        path: decodeURIComponent(url.pathname).replace(/^\/~/, "~"),
    };
}

function scpParts(text: string): SshParts {
    const { user = "", host = "", path = "" } = scpForm.exec(text)?.groups ?? {};
    return { user, host, path };
}

function invalid(text: string, reason: string, suggestion?: string): ConfigError {
    const problem = { section: "luigi_Train", key: "git_url", message: `${quote(text)}: ${reason}` };
    return new ConfigError([{ ...problem, ...(suggestion !== undefined && { suggestion }) }]);
}

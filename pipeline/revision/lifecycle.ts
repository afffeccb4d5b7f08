// Life cycle of a pinned git revision; runs in the dynamic-provider process.
import { isDeepStrictEqual } from "node:util";
import { resolveRevision } from "./resolve.ts";

export interface GitRevisionInputs {
    readonly url: string;
    readonly ref: string;
    readonly keyFile?: string;
    readonly knownHostsFile?: string;
    readonly checkHostKey: boolean;
    /** Filled in by `check`, and then kept, as generated names are. */
    readonly commit?: string;
}

/** Only these decide which commit is meant; with another key it is still the same one. */
function identity({ url, ref }: GitRevisionInputs) {
    return { url, ref };
}

/**
 * Asks the server only for a new URL or ref. It is done here rather than on creation so that a preview already shows
 * the commit, and finds a wrong key, ref or server. A replacement comes without old inputs, so it asks again.
 */
export async function check(olds: Partial<GitRevisionInputs>, news: GitRevisionInputs) {
    if (olds.commit !== undefined && isDeepStrictEqual(identity(olds as GitRevisionInputs), identity(news))) {
        return { inputs: { ...news, commit: olds.commit } };
    }
    try {
        return { inputs: { ...news, commit: await resolve(news) } };
    } catch (error) {
        return { inputs: news, failures: [{ property: "ref", reason: (error as Error).message }] };
    }
}

function resolve({ url, ref, keyFile, knownHostsFile, checkHostKey }: GitRevisionInputs): Promise<string> {
    const ssh = keyFile !== undefined && {
        ssh: { keyFile, checkHostKey, ...(knownHostsFile !== undefined && { knownHostsFile }) },
    };
    return resolveRevision({ url, ref, ...ssh });
}

function recorded({ url, ref, keyFile, knownHostsFile, checkHostKey, commit }: GitRevisionInputs): GitRevisionInputs {
    return {
        url,
        ref,
        checkHostKey,
        ...(keyFile !== undefined && { keyFile }),
        ...(knownHostsFile !== undefined && { knownHostsFile }),
        ...(commit !== undefined && { commit }),
    };
}

export function diff(olds: GitRevisionInputs, news: GitRevisionInputs) {
    return { changes: !isDeepStrictEqual(recorded(olds), recorded(news)) };
}

export function create(inputs: GitRevisionInputs) {
    return { id: `${inputs.url}#${inputs.ref}`, outs: recorded(inputs) };
}

export function update(news: GitRevisionInputs) {
    return { outs: recorded(news) };
}

/** A branch that moved since is no drift: the experiment stays with the commit it began with. */
export function read(id: string, props: GitRevisionInputs) {
    return { id, props: recorded(props) };
}

// Until when the user's token and certificate are good, as they say themselves.
import { X509Certificate } from "node:crypto";
import type { User } from "@kubernetes/client-node";
import { decodeJwt } from "jose";
import prettyMilliseconds from "pretty-ms";
import type { Finding } from "../check.ts";

export interface Credential {
    /** `token` or `certificate`. */
    readonly kind: "token" | "certificate";
    readonly user: string;
    readonly from?: Date;
    readonly until: Date;
}

/** Soon enough to spoil a training that starts now; tokens of a working day are not worth a word. */
const soonMs = 3 * 3_600_000;

export function judgeCredential({ kind, user, from, until }: Credential, now: Date, file: string): Finding[] {
    const left = until.getTime() - now.getTime();
    const what = `the ${kind} of the user ${user}`;
    const find = (level: Finding["level"], message: string): Finding[] => [
        { level, problem: { file, message, suggestion: "log in again, or get a new kubeconfig" } },
    ];
    if (left <= 0) {
        return find("error", `${what} expired ${inWords(-left)} ago, at ${until.toISOString()}`);
    }
    if (from !== undefined && from > now) {
        return find("error", `${what} is good only from ${from.toISOString()}; it is ${now.toISOString()} here`);
    }
    if (left <= soonMs) {
        return find("warning", `${what} expires in ${inWords(left)}, at ${until.toISOString()}`);
    }
    return [];
}

function inWords(milliseconds: number): string {
    return prettyMilliseconds(milliseconds, { unitCount: 1, verbose: true });
}

/** Undefined for a token that does not tell, or that is renewed by itself. */
export function tokenOf(user: User): Credential | undefined {
    const oidc = (user.authProvider as AuthProvider | null | undefined)?.config;
    const token = user.token ?? (oidc?.["refresh-token"] === undefined ? oidc?.["id-token"] : undefined);
    try {
        const { exp, nbf } = decodeJwt(token ?? "");
        return exp === undefined
            ? undefined
            : {
                  kind: "token",
                  user: user.name,
                  until: new Date(exp * 1000),
                  ...(nbf !== undefined && { from: new Date(nbf * 1000) }),
              };
    } catch {
        return undefined;
    }
}

/** kubectl's `auth-provider`, which plugins have replaced. */
interface AuthProvider {
    readonly config?: Readonly<Record<string, string>> | null;
}

/** Throws when the text is no certificate. */
export function certificateOf(user: string, pem: string | Buffer): Credential {
    const { validFromDate, validToDate } = new X509Certificate(pem);
    return { kind: "certificate", user, from: validFromDate, until: validToDate };
}

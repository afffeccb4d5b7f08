// Whether the API server answers, and what it means when it does not.
import { ApiException, VersionApi } from "@kubernetes/client-node";
import { describeClusterError } from "../../../pipeline/training/clusterError.ts";
import type { CheckResult, Finding } from "../check.ts";
import { Connection, until } from "./connection.ts";
import type { Kubeconfig } from "./kubeconfigFile.ts";

export interface ServerResult extends CheckResult {
    /** Absent when there is no use in asking more. */
    readonly connection?: Connection;
}

export async function askServer(kubeconfig: Kubeconfig, signal: AbortSignal): Promise<ServerResult> {
    const connection = new Connection(kubeconfig);
    try {
        const { gitVersion } = await connection.api(VersionApi).getCode({}, until(signal));
        return { summary: `Kubernetes ${gitVersion} at ${kubeconfig.cluster.server}`, connection };
    } catch (error) {
        // Its version is nobody's secret, but a proxy in front of it may think so.
        if (error instanceof ApiException && (error.code === 403 || error.code === 404)) {
            return { summary: `${kubeconfig.cluster.server}, which does not tell its version`, connection };
        }
        const finding = judgeFailure(error, kubeconfig, signal.aborted);
        return { summary: finding.problem.message, findings: [finding] };
    }
}

/** What went wrong on the way, in words, and what can be done about it. */
const reasons: readonly (readonly [RegExp, string, string])[] = [
    [/ECONNREFUSED/, "refuses connections", "is it running, and is the port right?"],
    [/ENOTFOUND|EAI_AGAIN/, "has a name that is not known here", "is this machine on the network, or its VPN?"],
    [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|CONNECT_TIMEOUT/, "cannot be reached", "is a VPN or a proxy needed?"],
    [/ERR_TLS_CERT_ALTNAME_INVALID/, "shows a certificate for other names", "is the address right?"],
    [/CERT_HAS_EXPIRED/, "shows a certificate that has expired", "tell the people who run the cluster"],
    [/CERT|ISSUER|SIGNATURE/, "shows a certificate that is not trusted", "check certificate-authority of the cluster"],
];

function judgeFailure(error: unknown, { file, cluster, user }: Kubeconfig, isLate: boolean): Finding {
    const server = `the server ${cluster.server}`;
    const find = (level: Finding["level"], message: string, suggestion: string): Finding => ({
        level,
        problem: { file, message: `${server} ${message}`, suggestion },
    });
    if (isLate) {
        return find("warning", "did not answer in time", "is a VPN or a proxy needed?");
    }
    if (error instanceof ApiException && error.code === 401) {
        const suggestion = "log in again, or get a new kubeconfig";
        return find("error", `does not accept the credentials of the user ${user.name} (HTTP 401)`, suggestion);
    }
    if (error instanceof ApiException) {
        return find("warning", `cannot answer now: ${describeClusterError(error)}`, "try again later");
    }
    const code = codesOf(error);
    const [, words, suggestion] = reasons.find(([form]) => form.test(code)) ?? [];
    return words === undefined || suggestion === undefined
        ? find("error", `cannot be asked: ${describeClusterError(error)}`, "check server of the cluster")
        : find("error", `${words} (${code})`, suggestion);
}

/** Of the error and its causes. */
function codesOf(error: unknown): string {
    if (!(error instanceof Error)) {
        return "";
    }
    const { code, cause } = error as NodeJS.ErrnoException;
    return [code, codesOf(cause)].filter(Boolean).join(" ");
}

// Whether the kubeconfig leads to the cluster: context, certificate files, and credentials that have not run out.
import { readFileSync } from "node:fs";
import { KubeConfig, type User } from "@kubernetes/client-node";
import type { CheckResult, Finding, Subject } from "../check.ts";
import { certificateOf, judgeCredential, tokenOf } from "./expiry.ts";
import { describeFileError, type Kubeconfig, openKubeconfig } from "./kubeconfigFile.ts";
import { askPlugin, type ExecPlugin, type PluginCredential } from "./plugin.ts";

/** A kubeconfig to ask the server with. */
export interface KubeconfigResult extends CheckResult {
    /** Absent when it cannot be used, or not without asking the user. A plugin's answer is in its config already. */
    readonly usable?: Kubeconfig;
}

/** Throws a ConfigError when the file or what the context names is missing. */
export async function examineKubeconfig(subject: Subject, signal: AbortSignal): Promise<KubeconfigResult> {
    const kubeconfig = openKubeconfig(subject);
    const { file, context, cluster, user } = kubeconfig;
    const findings = [...findFiles(kubeconfig), ...findExpired(kubeconfig, new Date())];
    const summary = `${context.name} in ${file}: ${user.name} at ${cluster.server}`;
    if (findings.some(({ level }) => level === "error")) {
        return { summary, findings };
    }
    const plugin = user.exec as ExecPlugin | null | undefined;
    if (!plugin) {
        return { summary, findings, usable: kubeconfig };
    }
    const answer = await askPlugin({ plugin, environment: subject.environment, file, context: context.name, signal });
    return "level" in answer
        ? { summary, findings: [...findings, answer] }
        : { summary, findings, usable: { ...kubeconfig, config: logIn(kubeconfig, answer) } };
}

/** Those that are named must be there; what is in them the server judges. */
function findFiles({ file, cluster, user }: Kubeconfig): Finding[] {
    const named = [
        ["certificate-authority", cluster.caFile],
        ["client-certificate", user.certFile],
        ["client-key", user.keyFile],
    ] as const;
    return named.flatMap(([key, path]) => {
        if (!path) {
            return [];
        }
        try {
            readFileSync(path);
            return [];
        } catch (error) {
            const message = describeFileError((error as NodeJS.ErrnoException).code ?? "", path);
            return [{ level: "error", problem: { file, message: `${key}: ${message}` } }];
        }
    });
}

function findExpired({ file, user }: Kubeconfig, now: Date): Finding[] {
    const token = tokenOf(user);
    const found = token ? judgeCredential(token, now, file) : [];
    try {
        const pem = readCertificate(user);
        return pem === undefined ? found : [...found, ...judgeCredential(certificateOf(user.name, pem), now, file)];
    } catch {
        const message = `the user ${user.name} has a client certificate that is none`;
        return [...found, { level: "error", problem: { file, message, suggestion: "get a new kubeconfig" } }];
    }
}

/** Undefined also for a file that is missing, which is told elsewhere. */
function readCertificate({ certFile, certData }: User): Buffer | undefined {
    if (certFile) {
        try {
            return readFileSync(certFile);
        } catch {
            return undefined;
        }
    }
    return certData ? Buffer.from(certData, "base64") : undefined;
}

/** So that the library does not start the plugin again for every request. */
function logIn({ config, context, cluster, user }: Kubeconfig, answer: PluginCredential): KubeConfig {
    const { token, clientCertificateData, clientKeyData } = answer;
    const known = new KubeConfig();
    known.loadFromOptions({
        clusters: [cluster],
        contexts: [context],
        currentContext: config.getCurrentContext(),
        users: [
            {
                name: user.name,
                ...(user.impersonateUser !== undefined && { impersonateUser: user.impersonateUser }),
                ...(token !== undefined && { token }),
                ...(clientCertificateData !== undefined && { certData: inBase64(clientCertificateData) }),
                ...(clientKeyData !== undefined && { keyData: inBase64(clientKeyData) }),
            },
        ],
    });
    return known;
}

function inBase64(pem: string): string {
    return Buffer.from(pem).toString("base64");
}

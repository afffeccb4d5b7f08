// etcd, API server, controller manager and scheduler: keys, tokens, kubeconfigs and command lines.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import type { Binaries } from "./binaries.ts";
import { type DaemonCommand, flags } from "./daemon.ts";
import { adminKubeconfig, apiServerPort, auditLog, inState, namespace, network, nodeName } from "./paths.ts";

const etcdUrl = "http://127.0.0.1:16379";
const tokens = inState("tokens.csv");
const serviceAccountKey = inState("service-account.key");
const certificates = inState("certificates");
const auditPolicy = inState("audit-policy.yaml");
export const kubeletKubeconfig = inState("kubelet.kubeconfig");

/** The API server signs its certificate itself; the file it writes is also the authority to check it by. */
const authority = `${certificates}/apiserver.crt`;

/** Makes what the control plane starts from: one key, and a token for the administrator and for the node. */
export async function prepareControlPlane(): Promise<void> {
    await mkdir(certificates, { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await writeFile(serviceAccountKey, privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
    const [admin, node] = [newToken(), newToken()];
    const lines = [
        `${admin},admin,admin,"system:masters"`,
        `${node},system:node:${nodeName},system:node:${nodeName},"system:nodes"`,
    ];
    await writeFile(tokens, `${lines.join("\n")}\n`, { mode: 0o600 });
    await writeFile(auditPolicy, stringify(whatPeopleDo));
    await writeKubeconfig(adminKubeconfig, "admin", admin);
    await writeKubeconfig(kubeletKubeconfig, "kubelet", node);
}

/** A line for each request of a ServiceAccount, which is what tests act as; the cluster's own parts are many and busy. */
const whatPeopleDo = {
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [
        { level: "None", userGroups: ["system:serviceaccounts:kube-system"] },
        { level: "Metadata", userGroups: ["system:serviceaccounts"] },
        { level: "None" },
    ],
};

function newToken(): string {
    return randomBytes(24).toString("hex");
}

/** A kubeconfig for one token; its context has the name of the test's namespace and uses it. */
export async function writeKubeconfig(file: string, user: string, token: string): Promise<void> {
    const config = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [
            {
                name: "aframe-test",
                cluster: { server: `https://127.0.0.1:${apiServerPort}`, "certificate-authority": authority },
            },
        ],
        users: [{ name: user, user: { token } }],
        contexts: [{ name: "aframe-test", context: { cluster: "aframe-test", user, namespace } }],
        "current-context": "aframe-test",
    };
    await writeFile(file, stringify(config), { mode: 0o600 });
}

export function controlPlaneCommands(binaries: Binaries): DaemonCommand[] {
    return [
        {
            name: "etcd",
            command: "etcd",
            args: flags({
                "data-dir": inState("etcd"),
                "listen-client-urls": etcdUrl,
                "advertise-client-urls": etcdUrl,
                "listen-peer-urls": "http://127.0.0.1:16380",
                "initial-advertise-peer-urls": "http://127.0.0.1:16380",
                "initial-cluster": "default=http://127.0.0.1:16380",
                // What is lost with the machine is not missed.
                "unsafe-no-fsync": true,
            }),
        },
        {
            name: "kube-apiserver",
            command: binaries["kube-apiserver"],
            args: flags({
                "etcd-servers": etcdUrl,
                "bind-address": "127.0.0.1",
                "advertise-address": network.hostAddress,
                "endpoint-reconciler-type": "none",
                "secure-port": apiServerPort,
                "cert-dir": certificates,
                "token-auth-file": tokens,
                "authorization-mode": "Node,RBAC",
                "service-account-issuer": "https://kubernetes.default.svc",
                "service-account-key-file": serviceAccountKey,
                "service-account-signing-key-file": serviceAccountKey,
                "service-cluster-ip-range": "10.214.0.0/24",
                "allow-privileged": true,
                "audit-policy-file": auditPolicy,
                "audit-log-path": auditLog,
                // Else it would look for the node's name in a DNS that there is not.
                "kubelet-preferred-address-types": "InternalIP",
                // A lost node is given up after seconds instead of five minutes.
                "default-not-ready-toleration-seconds": 5,
                "default-unreachable-toleration-seconds": 5,
            }),
        },
        {
            name: "kube-controller-manager",
            command: binaries["kube-controller-manager"],
            args: flags({
                kubeconfig: adminKubeconfig,
                "service-account-private-key-file": serviceAccountKey,
                "root-ca-file": authority,
                "leader-elect": false,
                // In-tree, for development: it makes a folder per claim, and removes it with the claim.
                "enable-hostpath-provisioner": true,
                "node-monitor-grace-period": "12s",
                "node-monitor-period": "2s",
                "terminated-pod-gc-threshold": 1000,
            }),
        },
        {
            name: "kube-scheduler",
            command: binaries["kube-scheduler"],
            args: flags({ kubeconfig: adminKubeconfig, "leader-elect": false }),
        },
    ];
}

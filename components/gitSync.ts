// The init container that brings a commit of a git repository into the pod, with its volumes and mounts.
import type { core } from "@pulumi/kubernetes/types/input.js";
import type { Input } from "@pulumi/pulumi";
import type { Repository } from "../pipeline/revision/repository.ts";
import { mapInput } from "./mapInput.ts";
import { containers, gitSyncUser, podPaths, volumes } from "./podLayout.ts";

/** The version Aframe uses; its flags are the ones below. */
export const gitSyncImage = "registry.k8s.io/git-sync/git-sync:v4.2.1";

export interface GitSyncArgs {
    readonly repository: Repository;
    /** The full commit; never a branch, which could name other code when a pod is retried. */
    readonly commit: Input<string>;
    /** The Secret with the keys `ssh` and, when host keys are checked, `known_hosts`. @default none, for https */
    readonly sshSecretName?: string;
    readonly checkHostKey: boolean;
}

export interface GitSync {
    readonly initContainer: core.v1.Container;
    readonly volumes: core.v1.Volume[];
    /** For the container that runs the code. */
    readonly mounts: core.v1.VolumeMount[];
}

/**
 * Flags rather than environment variables: git-sync ignores a misspelt variable and refuses a misspelt flag.
 * The tree appears at `<root>/aframe`, a link to a directory named after the commit.
 */
export function buildGitSync(args: GitSyncArgs): GitSync {
    const secret = args.sshSecretName === undefined ? [] : [{ name: volumes.gitSecret, mountPath: podPaths.gitSecret }];
    return {
        initContainer: {
            name: containers.gitSync,
            image: gitSyncImage,
            args: gitSyncFlags(args),
            // Its image names the user 65533; git and ssh still want a home they can write.
            env: [{ name: "HOME", value: "/tmp" }],
            volumeMounts: [
                { name: volumes.code, mountPath: podPaths.gitRoot },
                { name: volumes.gitTmp, mountPath: "/tmp" },
                ...secret.map((mount) => ({ ...mount, readOnly: true })),
            ],
            resources: smallResources,
            securityContext: {
                runAsUser: gitSyncUser,
                runAsGroup: gitSyncUser,
                runAsNonRoot: true,
                readOnlyRootFilesystem: true,
                ...confined,
            },
        },
        volumes: [
            { name: volumes.code, emptyDir: {} },
            { name: volumes.gitTmp, emptyDir: {} },
            ...(args.sshSecretName === undefined ? [] : [keyVolume(args.sshSecretName)]),
        ],
        mounts: [
            // kubelet follows the link, so this is the commit's tree; the rest of /opt stays the image's.
            { name: volumes.code, mountPath: podPaths.code, subPath: "aframe", readOnly: true },
            { name: volumes.code, mountPath: podPaths.gitRoot, readOnly: true },
        ],
    };
}

/** What every container of the pod gives up. */
export const confined: core.v1.SecurityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
};

/** For a container that only copies; the pod asks for the larger of its init containers and its training. */
const small = { cpu: "1", memory: "1G", "ephemeral-storage": "1Gi" };
const smallResources: core.v1.ResourceRequirements = { requests: small, limits: small };

function gitSyncFlags({ repository, commit, sshSecretName, checkHostKey }: GitSyncArgs): Input<string>[] {
    const ssh = [
        `--ssh-key-file=${podPaths.gitSecret}/ssh`,
        `--ssh-known-hosts=${checkHostKey}`,
        ...(checkHostKey ? [`--ssh-known-hosts-file=${podPaths.gitSecret}/known_hosts`] : []),
    ];
    return [
        `--repo=${repository.url}`,
        mapInput(commit, (hash) => `--ref=${hash}`),
        `--root=${podPaths.gitRoot}`,
        "--link=aframe",
        "--one-time",
        "--depth=1",
        "--submodules=recursive",
        "--sync-timeout=360s",
        // A blip of the network must not use up one of the Job's retries.
        "--max-failures=5",
        "--period=15s",
        ...(sshSecretName === undefined ? [] : ssh),
    ];
}

/** 0400 in the Secret's volume; with the pod's fsGroup kubelet makes it readable for git-sync's group only. */
function keyVolume(secretName: string): core.v1.Volume {
    return { name: volumes.gitSecret, secret: { secretName, defaultMode: 0o400 } };
}

// The Secret with which git-sync logs in to the git server.
import { dirname, join } from "node:path";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";
import type { ExperimentSettings } from "../config/settings.ts";
import type { SshRepository } from "../pipeline/revision/repository.ts";
import { configProblem } from "./configProblem.ts";
import type { ExperimentIdentity } from "./labels.ts";
import { objectAnnotations, objectLabels, objectName } from "./labels.ts";
import { KeyProblem, readDeployKey } from "./ssh/deployKey.ts";
import { lookUpHostKeys } from "./ssh/hostKeys.ts";

/** What git needs to reach a server over SSH, read and checked. */
export interface SshIdentity {
    readonly keyFile: string;
    readonly key: pulumi.Output<string>;
    /** Absent when host keys are not checked. */
    readonly hostKeys?: { readonly file: string; readonly text: string };
}

/**
 * Reads the key, and host keys from the file beside it or one of the others. Throws a ConfigError naming the cfg key that
 * has to change.
 */
export function readSshIdentity(
    settings: ExperimentSettings,
    repository: SshRepository,
    options: { readonly checkHostKey: boolean; readonly knownHostsFiles: readonly string[] },
): SshIdentity {
    const keyFile = settings.ssh.file;
    const key = pulumi.secret(readKey(settings));
    if (!options.checkHostKey) {
        return { keyFile, key };
    }
    const files = [...new Set([join(dirname(keyFile), "known_hosts"), ...options.knownHostsFiles])];
    const hostKeys = lookUpHostKeys(repository, files);
    if (hostKeys === undefined) {
        const port = repository.port === undefined ? "" : `-p ${repository.port} `;
        throw configProblem(
            settings,
            "luigi_Train",
            "git_url",
            `the host key of ${repository.knownHostsName} is in none of ${files.join(", ")}`,
            `log in once, or check the output of: ssh-keyscan ${port}${repository.host}, and append it to the first file`,
        );
    }
    return { keyFile, key, hostKeys };
}

function readKey(settings: ExperimentSettings): string {
    try {
        return readDeployKey(settings.ssh.file);
    } catch (error) {
        if (error instanceof KeyProblem) {
            throw configProblem(settings, "luigi_ssh", "ssh_file", error.message, error.suggestion);
        }
        throw error;
    }
}

export interface SshSecretArgs {
    readonly identity: ExperimentIdentity;
    readonly ssh: SshIdentity;
}

/** Fixed, so known before the Secret is made. */
export function sshSecretName(identity: ExperimentIdentity): string {
    return objectName(identity, "ssh");
}

/** One per experiment, so that no other experiment's key is used, overwritten or deleted. */
export class SshSecret extends pulumi.ComponentResource {
    constructor(name: string, args: SshSecretArgs, opts?: pulumi.ComponentResourceOptions) {
        super("aframe:index:SshSecret", name, {}, opts);
        new Secret(
            name,
            {
                metadata: {
                    name: sshSecretName(args.identity),
                    labels: objectLabels(args.identity),
                    annotations: objectAnnotations(args.identity),
                },
                stringData: {
                    ssh: args.ssh.key,
                    ...(args.ssh.hostKeys && { known_hosts: args.ssh.hostKeys.text }),
                },
            },
            { parent: this },
        );
        this.registerOutputs({ secretName: sshSecretName(args.identity) });
    }
}

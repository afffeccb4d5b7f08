// The Secret with the credentials that the training pod needs while it runs.
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";
import type { ExperimentIdentity } from "./labels.ts";
import { objectAnnotations, objectLabels, objectName } from "./labels.ts";

export interface RuntimeSecretArgs {
    readonly identity: ExperimentIdentity;
    /** Environment variable → value. */
    readonly credentials: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Fixed, so known before the Secret is made. */
export function runtimeSecretName(identity: ExperimentIdentity): string {
    return objectName(identity, "env");
}

/** Pods take it in by name; its values never stand in a pod's spec, which others in the namespace can read. */
export class RuntimeSecret extends pulumi.ComponentResource {
    constructor(name: string, args: RuntimeSecretArgs, opts?: pulumi.ComponentResourceOptions) {
        super("aframe:index:RuntimeSecret", name, {}, opts);
        new Secret(
            name,
            {
                metadata: {
                    name: runtimeSecretName(args.identity),
                    labels: objectLabels(args.identity),
                    annotations: objectAnnotations(args.identity),
                },
                stringData: args.credentials,
            },
            { parent: this },
        );
        this.registerOutputs({ secretName: runtimeSecretName(args.identity) });
    }
}

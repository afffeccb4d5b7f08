// Where the training pod keeps its copy of the data, and the run directory with the checkpoints.
import { createHash } from "node:crypto";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim.js";
import type { core } from "@pulumi/kubernetes/types/input.js";
import * as pulumi from "@pulumi/pulumi";
import type { ExperimentIdentity } from "./labels.ts";
import { objectAnnotations, objectLabels, objectName } from "./labels.ts";
import { mapInput } from "./mapInput.ts";
import { volumes } from "./podLayout.ts";
import { storageSize } from "./podResources.ts";

/** Scratch on the node's disk: gone with the pod, so a retried pod downloads again and starts from the beginning. */
export function scratchVolume(dataBytes: pulumi.Input<number>): core.v1.Volume {
    return { name: volumes.storage, emptyDir: { sizeLimit: mapInput(dataBytes, storageSize) } };
}

/** The claim that a `DataVolume` of that experiment and storage class makes. */
export function claimVolume(identity: ExperimentIdentity, storageClassName: string): core.v1.Volume {
    const claimName = nameOfClaim(identity, storageClassName);
    return { name: volumes.storage, persistentVolumeClaim: { claimName } };
}

/**
 * A claim's class is fixed, so that another one needs another claim. The name tells the two apart: under one name the
 * old claim would have to go first, and it cannot as long as the Job's pods hold it.
 */
function nameOfClaim(identity: ExperimentIdentity, storageClassName: string): string {
    const hash = createHash("sha256").update(storageClassName).digest("hex").slice(0, 4);
    return objectName(identity, `data-${hash}`);
}

export interface DataVolumeArgs {
    readonly identity: ExperimentIdentity;
    readonly storageClassName: string;
    /** Kubernetes quantity; can be raised later. */
    readonly size: string;
}

/**
 * A claim that outlives pods, so that a retried pod finds data and checkpoints again. It holds copies only (the data
 * and the finished run are on S3), so it is deleted with the stack.
 */
export class DataVolume extends pulumi.ComponentResource {
    constructor(name: string, args: DataVolumeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("aframe:index:DataVolume", name, {}, opts);
        const claimName = nameOfClaim(args.identity, args.storageClassName);
        new PersistentVolumeClaim(
            name,
            {
                metadata: {
                    name: claimName,
                    labels: objectLabels(args.identity),
                    annotations: {
                        ...objectAnnotations(args.identity),
                        // Many storage classes bind only when a pod wants the claim, and the pod comes after it.
                        "pulumi.com/skipAwait": "true",
                    },
                },
                spec: {
                    accessModes: ["ReadWriteOnce"],
                    storageClassName: args.storageClassName,
                    resources: { requests: { storage: args.size } },
                },
            },
            { parent: this },
        );
        this.registerOutputs({ claimName });
    }
}

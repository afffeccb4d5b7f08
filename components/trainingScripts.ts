// The ConfigMap with what the training pod runs, and the Lightning yaml it trains by.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import * as pulumi from "@pulumi/pulumi";
import type { ExperimentIdentity } from "./labels.ts";
import { objectAnnotations, objectLabels, objectName } from "./labels.ts";

/** The key of the Lightning yaml, beside the scripts. */
export const trainConfigName = "train.yaml";

const scriptNames = [
    "arrival.py",
    "disk.py",
    "fetch_data.py",
    "kept_log.py",
    "objects.py",
    "progress.py",
    "retry.py",
    "start_training.py",
    "upload.py",
];

export interface TrainingScriptsArgs {
    readonly identity: ExperimentIdentity;
    /** Text of the Lightning yaml. @default it is in the image */
    readonly trainConfig?: string;
}

/** Fixed, so known before the ConfigMap is made. */
export function scriptsName(identity: ExperimentIdentity): string {
    return objectName(identity, "scripts");
}

/** Updated in place, so a newer version of the scripts waits for the next training instead of restarting this one. */
export class TrainingScripts extends pulumi.ComponentResource {
    constructor(name: string, args: TrainingScriptsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("aframe:index:TrainingScripts", name, {}, opts);
        new ConfigMap(
            name,
            {
                metadata: {
                    name: scriptsName(args.identity),
                    labels: objectLabels(args.identity),
                    annotations: objectAnnotations(args.identity),
                },
                data: {
                    ...Object.fromEntries(scriptNames.map((script) => [script, readScript(script)])),
                    ...(args.trainConfig !== undefined && { [trainConfigName]: args.trainConfig }),
                },
            },
            { parent: this },
        );
        this.registerOutputs({ configMapName: scriptsName(args.identity) });
    }
}

function readScript(name: string): string {
    return readFileSync(fileURLToPath(new URL(`pod/${name}`, import.meta.url)), "utf8");
}

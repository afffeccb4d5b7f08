// What a training on the cluster asks for.
import { podSizes } from "../../components/podResources.ts";
import type { RemoteTraining } from "../../config/settings.ts";

export interface TrainingForecast {
    readonly gpus: number;
    readonly cpus: number;
    readonly memoryBytes: number;
    /** Of the last training. @default none has finished yet */
    readonly seconds?: number;
    /** This training, with these settings, code and data, has finished before. */
    readonly finished: boolean;
}

/** What the training pod asks for; a podTemplatePatch is not looked into. */
export function podRequest({ resources }: RemoteTraining): Pick<TrainingForecast, "gpus" | "cpus" | "memoryBytes"> {
    const { gpus, cpus, memory } = podSizes(resources);
    return { gpus, cpus, memoryBytes: bytesOf(memory) };
}

/** A Kubernetes quantity as `podSizes` writes it: `80G`, `81500M`. */
function bytesOf(quantity: string): number {
    return Number.parseInt(quantity, 10) * (quantity.endsWith("G") ? 1e9 : 1e6);
}

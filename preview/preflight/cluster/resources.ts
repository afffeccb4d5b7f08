// How to speak of what the pod asks for: amounts in words, where they were written, and what would be allowed there.
import prettyBytes from "pretty-bytes";
import { containers } from "../../../components/podLayout.ts";
import { baseMemoryGb } from "../../../components/podResources.ts";
import type { ExperimentSettings, RemoteTraining } from "../../../config/settings.ts";
import { type Place, placeOfStackKey, placeOfValue } from "../../places.ts";
import type { Pods } from "./trainingPod.ts";

export const gpuResource = "nvidia.com/gpu";

/** What the pod asks for of one resource. */
export interface Want {
    readonly resource: string;
    readonly amount: number;
    readonly place: Place;
    /** What to write there when there is no more than `most`; undefined when that cannot be told. */
    readonly advice: (most: number) => string | undefined;
}

/** In the order in which they decide about a node. */
const order = [gpuResource, "cpu", "memory"];

export function wantsOf(settings: ExperimentSettings, pods: Pods): Want[] {
    const rank = (resource: string) => (order.includes(resource) ? order.indexOf(resource) : order.length);
    return [...pods.actual.requests]
        .filter(([, amount]) => amount > 0)
        .sort(([a], [b]) => rank(a) - rank(b))
        .map(([resource, amount]) => ({
            resource,
            amount,
            place: placeOfResource(settings, pods, resource),
            advice: (most) => (isPatched(pods, resource) ? undefined : advise(settings, resource, most)),
        }));
}

/** Where the amount of a resource is written; that of another container than the training's only in the patch. */
export function placeOfResource(
    settings: ExperimentSettings,
    pods: Pods,
    resource: string,
    container: string = containers.train,
): Place {
    const keys: Readonly<Record<string, string>> = {
        [gpuResource]: "request_gpus",
        cpu: "cpus_per_gpu",
        memory: "memory_per_cpu",
    };
    const key = keys[resource];
    if (container !== containers.train || isPatched(pods, resource)) {
        return placeOfStackKey(settings.stack, "podTemplatePatch");
    }
    return key === undefined ? placeOfStackKey(settings.stack, "volume") : placeOfValue(settings, "luigi_Train", key);
}

function isPatched({ actual, unpatched }: Pods, resource: string): boolean {
    return (["requests", "limits"] as const).some(
        (kind) => actual[kind].get(resource) !== unpatched[kind].get(resource),
    );
}

function advise({ stack, training }: ExperimentSettings, resource: string, most: number): string | undefined {
    if (resource === "ephemeral-storage") {
        return stack.volume === undefined ? "set it, and data and checkpoints are on a claim instead" : undefined;
    }
    const { gpus, cpusPerGpu } = (training as RemoteTraining).resources;
    const allowed: Readonly<Record<string, number>> = {
        [gpuResource]: Math.floor(most),
        cpu: Math.floor(most / gpus),
        memory: Math.floor(((most / 1e9 - baseMemoryGb) / (gpus * cpusPerGpu)) * 10) / 10,
    };
    const value = allowed[resource];
    return value !== undefined && value > 0 ? `at most ${value}` : undefined;
}

/** `4 GPUs`, `48 CPUs`, `80 GB of memory`; in the cfg's units. */
export function showAmount(resource: string, amount: number): string {
    const bytes = prettyBytes(amount, { maximumFractionDigits: 2 });
    const count = (what: string) => `${Number(amount.toFixed(3))} ${what}${amount === 1 ? "" : "s"}`;
    switch (resource) {
        case gpuResource:
            return count("GPU");
        case "cpu":
            return count("CPU");
        case "memory":
            return `${bytes} of memory`;
        case "ephemeral-storage":
            return `${bytes} of a node's disk`;
        case "storage":
            return `${bytes} of storage`;
        default:
            return `${Number(amount.toFixed(3))} ${resource}`;
    }
}

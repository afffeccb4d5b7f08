// Rules about what training will make of the GPUs, CPUs and memory that it asks for.
import * as v from "valibot";
import { containers } from "../../../components/podLayout.ts";
import { type Container, gpusOf, type Pod, quantity } from "../pod.ts";
import { gigabytes, percent, type Quantity } from "../quantity.ts";
import { count, podRule, share, source, text, type Violation } from "../rule.ts";

export const gpuCounts = podRule(
    v.strictObject({ ...source, counts: v.array(count, "a list of numbers"), why: text }),
    (pod, { counts, why }) => {
        const gpus = pod.containers.reduce((sum, container) => sum + gpusOf(container), 0);
        const message = `the pod asks for ${gpuCount(gpus)}, and ${why}`;
        return gpus === 0 || counts.includes(gpus) ? [] : [{ message, suggestion: `one of ${counts.join(", ")}` }];
    },
);

/** Memory that training uses whatever it was given: `pod` once, and `gpu` for the process of each GPU. */
export const memoryUse = podRule(
    v.strictObject({ ...source, least: share, pod: quantity, gpu: quantity }),
    (pod, { least, pod: once, gpu }) =>
        training(pod, "memory").flatMap(({ asked, gpus }) => {
            const used = once.value + gpu.value * gpus;
            const estimate = `training on ${gpuCount(gpus)} will likely use ${gigabytes(used)} of it`;
            return judgeUse(asked, used, least, `asks for ${asked.text} of memory, and ${estimate}`);
        }),
);

/** CPUs that training keeps busy whatever it was given: `gpu` for the process of each GPU and its loaders of data. */
export const cpuUse = podRule(v.strictObject({ ...source, least: share, gpu: count }), (pod, { least, gpu }) =>
    training(pod, "cpu").flatMap(({ asked, gpus }) => {
        const used = gpu * gpus;
        const estimate = `training on ${gpuCount(gpus)} will likely keep ${used} of them busy`;
        return judgeUse(asked, used, least, `asks for ${asked.text} CPUs, and ${estimate}`);
    }),
);

function judgeUse(asked: Quantity, used: number, least: number, estimate: string): Violation[] {
    const part = used / asked.value;
    const message = `container ${containers.train} ${estimate}, ${percent(part)}: less than ${percent(least)} is waste`;
    return part >= least ? [] : [{ message, most: used / least }];
}

function gpuCount(gpus: number): string {
    return gpus === 1 ? "1 GPU" : `${gpus} GPUs`;
}

/** What the training container asks for; nothing can be said of one without GPUs. */
function training(pod: Pod, resource: string): { readonly asked: Quantity; readonly gpus: number }[] {
    const container = pod.containers.find(({ name }) => name === containers.train);
    const asked = container && requestOf(container, resource);
    const gpus = container ? gpusOf(container) : 0;
    return asked && gpus > 0 ? [{ asked, gpus }] : [];
}

function requestOf({ resources: { requests, limits } }: Container, resource: string): Quantity | undefined {
    return requests[resource] ?? limits[resource];
}

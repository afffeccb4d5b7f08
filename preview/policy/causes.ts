// Which setting decides what breaks a rule, when no patch does; and what to set it to.
import { baseMemoryGb } from "../../components/podResources.ts";
import type { TrainingPlan } from "../../components/trainingPlan.ts";
import type { Problem } from "../../config/errors.ts";
import type { PodResources } from "../../config/settings.ts";
import { placeOfStackKey, placeOfValue } from "../places.ts";
import type { Violation } from "./rule.ts";
import type { RuleName } from "./rules.ts";

type Cause = (plan: TrainingPlan, violation: Violation) => Omit<Problem, "message">;

export const causes: { readonly [name in RuleName]?: Cause } = {
    "memory-use": (plan, { most = 0 }) => ({
        ...placeOfValue(plan.settings, "luigi_Train", "memory_per_cpu"),
        ...lessMemory(plan.training.resources, most),
    }),
    "cpu-use": (plan, { most = 0 }) => ({
        ...placeOfValue(plan.settings, "luigi_Train", "cpus_per_gpu"),
        suggestion: `${Math.floor(most / plan.training.resources.gpus)} or less`,
    }),
    "gpu-counts": (plan) => placeOfValue(plan.settings, "luigi_Train", "request_gpus"),
    scratch: ({ settings }) => ({
        ...placeOfStackKey(settings.stack, "volume"),
        suggestion: "set it, and data and checkpoints are on a claim instead",
    }),
    "image-tags": (plan) => placeOfValue(plan.settings, "luigi_Train", "remote_image"),
    "storage-classes": ({ settings }) => placeOfStackKey(settings.stack, "volume.storageClassName"),
};

/** `most` bytes are the pod's memory with the base that the cfg does not change. */
function lessMemory({ gpus, cpusPerGpu, memoryPerCpuGb }: PodResources, most: number): Pick<Problem, "suggestion"> {
    const room = most / 1e9 - baseMemoryGb;
    if (room <= 0) {
        return { suggestion: "ask for less in aframe:podTemplatePatch" };
    }
    const cpus = Math.floor(room / (gpus * memoryPerCpuGb));
    const orFewerCpus = cpus < 1 ? "" : `, or cpus_per_gpu = ${cpus} or less`;
    return { suggestion: `${floorTo2Digits(room / (gpus * cpusPerGpu))} or less${orFewerCpus}` };
}

function floorTo2Digits(value: number): number {
    const digits = 1 - Math.floor(Math.log10(value));
    return digits <= 0 ? Math.floor(value) : Number((Math.floor(value * 10 ** digits) / 10 ** digits).toFixed(digits));
}

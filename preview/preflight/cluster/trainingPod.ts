// The pod that would train, as the cluster would see it: what its containers ask for, and which nodes it may go to.
import type { V1PodSpec } from "@kubernetes/client-node";
import { placeTraining } from "../../../components/trainingPlan.ts";
import { ConfigError } from "../../../config/errors.ts";
import type { ExperimentSettings } from "../../../config/settings.ts";
import type { Plain } from "../../../pipeline/training/clusterObjects.ts";
import { placeOfStackKey } from "../../places.ts";
import { plainTemplate } from "../../policy/plainTemplate.ts";
import { type Container, readPod } from "../../policy/pod.ts";
import type { Subject } from "../check.ts";
import { type Amounts, larger, sum } from "./amounts.ts";

export interface TrainingPod {
    readonly spec: Plain<V1PodSpec>;
    readonly containers: readonly ContainerDemand[];
    /** Of the pod as a whole, which is what scheduler and quotas count. */
    readonly requests: Amounts;
    readonly limits: Amounts;
}

export interface ContainerDemand {
    readonly name: string;
    readonly requests: Amounts;
    readonly limits: Amounts;
}

/** As it would be made, and as it would be without `aframe:podTemplatePatch`. */
export interface Pods {
    readonly actual: TrainingPod;
    readonly unpatched: TrainingPod;
}

type Plan = Parameters<typeof plainTemplate>[0];

/** Throws a ConfigError when the patch makes something of it that is no pod. */
export function trainingPods({ settings, dataBytes }: Subject): Pods {
    const plan = planOf(settings);
    const unpatched = podOf(plainTemplate(plan, dataBytes, {}));
    try {
        return { actual: podOf(plainTemplate(plan, dataBytes)), unpatched };
    } catch (error) {
        if (error instanceof ConfigError) {
            const place = placeOfStackKey(settings.stack, "podTemplatePatch");
            throw new ConfigError(error.problems.map((problem) => ({ ...place, ...problem })));
        }
        throw error;
    }
}

/** Without key and files, so that one that is missing does not keep the cluster from being asked. */
function planOf(settings: ExperimentSettings): Plan {
    const placed = placeTraining(settings);
    if (placed === undefined) {
        throw new Error("a local training has no pod");
    }
    const { git } = placed.training;
    const code = git && { ...git, repository: { transport: "plain", url: git.url } as const };
    return { ...placed, trainArguments: [], ...(code && { code }) };
}

export function podOf(template: unknown): TrainingPod {
    const { spec } = template as { spec: Plain<V1PodSpec> };
    const { containers, initContainers } = readPod(template);
    // A sidecar is an init container that stays: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
    const isSidecar = (_: Container, index: number) => spec.initContainers?.[index]?.restartPolicy === "Always";
    const staying = [...containers, ...initContainers.filter(isSidecar)].map(demandOf);
    const passing = initContainers.filter((one, index) => !isSidecar(one, index)).map(demandOf);
    const total = (kind: "requests" | "limits") =>
        larger([sum(staying.map((one) => one[kind])), ...passing.map((one) => one[kind])]);
    return {
        spec,
        containers: [...initContainers, ...containers].map(demandOf),
        requests: total("requests"),
        limits: total("limits"),
    };
}

function demandOf({ name, resources }: Container): ContainerDemand {
    const limits = amountsOf(resources.limits);
    // What is limited and not requested is requested as limited.
    return { name, limits, requests: new Map([...limits, ...amountsOf(resources.requests)]) };
}

function amountsOf(quantities: Container["resources"]["limits"]): Amounts {
    return new Map(Object.entries(quantities).map(([resource, { value }]) => [resource, value]));
}

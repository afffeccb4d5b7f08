// What a pod that does not train yet is at, and what keeps it from going on.
import type { ContainerStatus, Pod } from "./clusterObjects.ts";
import { containerStatuses } from "./pods.ts";

const steps: Readonly<Record<string, string>> = {
    "git-sync": "bringing the code into the pod",
    "fetch-data": "downloading the data into the pod",
};

export function describePreparation(pod: Pod): string {
    const init = pod.status?.initContainerStatuses ?? [];
    const running = init.find(({ state }) => state?.running !== undefined);
    if (running !== undefined) {
        return steps[running.name] ?? `starting the pod: ${running.name} is running`;
    }
    const statuses = containerStatuses(pod);
    const next = statuses.find(({ state }) => state?.terminated === undefined);
    if (next === statuses[0]) {
        return "starting the pod: pulling images";
    }
    return next === undefined ? "training has ended" : `starting ${next.name}, after pulling its image if need be`;
}

/** Waiting reasons that do not pass by themselves; `PodInitializing` and `ContainerCreating` do. */
const stuckReasons: Readonly<Record<string, string>> = {
    ErrImagePull: "the image cannot be pulled",
    ImagePullBackOff: "the image cannot be pulled",
    ErrImageNeverPull: "the image cannot be pulled",
    InvalidImageName: "the image's name is invalid",
    CreateContainerConfigError: "a Secret or ConfigMap of the pod is missing",
    CreateContainerError: "the container cannot be made",
    RunContainerError: "the container cannot be started",
};

export function isStuck(status: ContainerStatus): boolean {
    return Object.hasOwn(stuckReasons, status.state?.waiting?.reason ?? "");
}

export function describeStuck(status: ContainerStatus): string {
    const reason = status.state?.waiting?.reason ?? "";
    const message = status.state?.waiting?.message ?? reason;
    return `${stuckReasons[reason] ?? reason} (container ${status.name}, image ${status.image}): ${message}`;
}

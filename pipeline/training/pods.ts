// What several readers of a training's pods want of them.
import type { ContainerStatus, Pod } from "./clusterObjects.ts";

/** In the order in which the containers run. */
export function containerStatuses(pod: Pod): ContainerStatus[] {
    return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

/** Newest first. */
export function byAge(pods: readonly Pod[]): Pod[] {
    const age = (pod: Pod) => new Date(pod.metadata?.creationTimestamp ?? 0).getTime();
    return [...pods].sort((a, b) => age(b) - age(a));
}

export function newest(pods: readonly Pod[]): Pod | undefined {
    return byAge(pods)[0];
}

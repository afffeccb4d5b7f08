// The containers of a training pod, in the order in which they run.
import type { ContainerStatus, Pod } from "./clusterObjects.ts";
import { containerStatuses } from "./pods.ts";

/** Names of the containers; components/podLayout.ts has the same list. */
export const containerNames = ["git-sync", "fetch-data", "train"] as const;

/** Those that have begun, so that there is a log of them. */
export function begun(pod: Pod): ContainerStatus[] {
    return containerStatuses(pod).filter(
        ({ state }) => state?.running !== undefined || state?.terminated !== undefined,
    );
}

/** The one asked for, else the one that runs, else the one that failed, else the last; undefined if it has no log. */
export function chooseContainer(pod: Pod, wanted: string | undefined): ContainerStatus | undefined {
    const statuses = begun(pod);
    if (wanted !== undefined) {
        return statuses.find(({ name }) => name === wanted);
    }
    return statuses.find(({ state }) => state?.running !== undefined) ?? statuses.find(hasFailed) ?? statuses.at(-1);
}

export function hasEnded({ state }: ContainerStatus): boolean {
    return state?.terminated !== undefined;
}

export function hasFailed({ state }: ContainerStatus): boolean {
    return (state?.terminated?.exitCode ?? 0) !== 0;
}

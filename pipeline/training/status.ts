// What is said of a training: its state, the reason for it, and where its last words are.
import type { Pod } from "./clusterObjects.ts";
import { failedContainer, type Termination, terminationOf } from "./termination.ts";

export type TrainingState =
    /** No node is free, or the namespace's quota is used up: normal on a shared cluster. */
    | "waiting"
    /** Images are pulled, code and data are brought. */
    | "preparing"
    | "training"
    /** Kubernetes keeps trying, but only a person can help. */
    | "blocked"
    | "succeeded"
    | "failed"
    | "gone";

export interface TrainingStatus {
    readonly state: TrainingState;
    /** One sentence for people; stays the same while nothing changes. */
    readonly reason: string;
    /** Since when. */
    readonly since?: Date;
    /** Where the last words of the run are. */
    readonly logs?: LogPlace;
    /** The container whose failure made another try necessary. */
    readonly before?: LogPlace;
}

export interface LogPlace {
    readonly pod: string;
    readonly container: string;
}

export function logsOf(pod: Pod | undefined): Pick<TrainingStatus, "logs"> {
    if (pod?.metadata?.name === undefined) {
        return {};
    }
    const failed: Termination | undefined = terminationOf(pod);
    const container = failed?.container ?? failedContainer(pod) ?? "train";
    return { logs: { pod: pod.metadata.name, container } };
}

export function withSince(status: TrainingStatus, since: Date | undefined): TrainingStatus {
    return since === undefined ? status : { ...status, since: new Date(since) };
}

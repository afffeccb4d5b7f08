// Follows a training Job until it has ended, or until only a person can help.
import { setTimeout as sleep } from "node:timers/promises";
import { classify } from "./classify.ts";
import type { Snapshot, TrainingCluster } from "./cluster.ts";
import { describeClusterError, isPassing } from "./clusterError.ts";
import type { LogPlace, TrainingStatus } from "./status.ts";

export interface WatchOptions {
    /** Told of every new status, and of each trouble with the connection once. */
    readonly say: (line: string) => void;
    /** Look once instead of following. */
    readonly once?: boolean;
    readonly patience?: Partial<Patience>;
}

/** All in milliseconds. */
export interface Patience {
    /** Longest time between two looks; watches normally wake earlier. @default 30 s */
    readonly relist: number;
    /** How long a blocked pod may stay so. @default 10 min */
    readonly blocked: number;
    /** How long the cluster may be out of reach. @default 30 min */
    readonly unreachable: number;
    /** First pause after a failed request; doubles up to `relist`. @default 1 s */
    readonly backoff: number;
}

/** What is shown of the log of a try that has failed while there is another one. */
const linesOfATry = 5;

export const defaultPatience: Patience = { relist: 30_000, blocked: 600_000, unreachable: 1_800_000, backoff: 1000 };

/** The status that ended the watch: succeeded, failed, gone, or blocked for too long; with `once`, the present one. */
export async function watchTraining(cluster: TrainingCluster, options: WatchOptions): Promise<TrainingStatus> {
    const patience = { ...defaultPatience, ...options.patience };
    let said = "";
    let shown: string | undefined;
    let blockedSince: number | undefined;
    for (;;) {
        const snapshot = await persistently(() => cluster.snapshot(), patience, options.say);
        const status = classify(snapshot);
        if (status.reason !== said) {
            said = status.reason;
            options.say(describeStatus(status));
        }
        // Each try writes its own cause, and a cluster may take hours to the last one.
        if (status.before !== undefined && status.before.pod !== shown) {
            shown = status.before.pod;
            await showLastLines(cluster, status.before, options.say);
        }
        blockedSince = status.state === "blocked" ? (blockedSince ?? performance.now()) : undefined;
        const waited = blockedSince === undefined ? 0 : performance.now() - blockedSince;
        if (options.once === true || isFinal(status) || waited > patience.blocked) {
            return status;
        }
        await cluster.changed(snapshot.versions, patience);
    }
}

async function showLastLines(cluster: TrainingCluster, { pod, container }: LogPlace, say: (line: string) => void) {
    const text = (await cluster.lastLines(pod, container, linesOfATry))?.trimEnd() ?? "";
    for (const line of text === "" ? [] : text.split("\n")) {
        say(`${container}: ${line}`);
    }
}

export function isFinal({ state }: TrainingStatus): boolean {
    return state === "succeeded" || state === "failed" || state === "gone";
}

/** The reason, and for how long it has been so. */
export function describeStatus(status: TrainingStatus, now = new Date()): string {
    const { reason, since } = status;
    const minutes = since === undefined ? 0 : Math.floor((now.getTime() - since.getTime()) / 60_000);
    if (isFinal(status) || minutes < 1) {
        return reason;
    }
    return `${reason} (for ${minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`})`;
}

/** Training does not need us, so an outage is sat out; a refusal or a wrong kubeconfig does not pass by itself. */
export async function persistently(
    look: () => Promise<Snapshot>,
    patience: Patience,
    say: (line: string) => void,
): Promise<Snapshot> {
    const start = performance.now();
    for (let pause = patience.backoff, tries = 1; ; pause = Math.min(pause * 2, patience.relist), tries++) {
        try {
            return await look();
        } catch (error) {
            const message = describeClusterError(error);
            if (!isPassing(error)) {
                throw new Error(`the training cannot be looked at: ${message}`, { cause: error });
            }
            if (performance.now() - start > patience.unreachable) {
                const advice = "the training goes on without us; run up again to come back to it";
                throw new Error(`the cluster has not answered for long: ${message}; ${advice}`, { cause: error });
            }
            if (tries === 1) {
                say(`the cluster does not answer, trying again: ${message}`);
            }
            await sleep(pause);
        }
    }
}

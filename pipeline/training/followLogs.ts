// Follows the log of a training until it ends, from container to container and from pod to pod.
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException } from "@kubernetes/client-node";
import { classify } from "./classify.ts";
import type { Snapshot, TrainingCluster } from "./cluster.ts";
import { describeClusterError } from "./clusterError.ts";
import type { ContainerStatus } from "./clusterObjects.ts";
import { begun, chooseContainer, hasEnded, hasFailed } from "./containers.ts";
import { keptLogUri } from "./keptLogs.ts";
import { LogLines } from "./logLines.ts";
import { type LogRequest, look, pass, showFromStorage, showLog } from "./logs.ts";
import { byAge } from "./pods.ts";
import type { TrainingStatus } from "./status.ts";
import { defaultPatience, describeStatus, isFinal, type Patience, persistently } from "./watch.ts";

export interface FollowRequest extends LogRequest {
    readonly patience?: Partial<Patience>;
}

/** The log that is being shown. */
interface Cursor {
    readonly pod: string;
    readonly container: string;
    readonly lines: LogLines;
    /** Nothing more will come of it. */
    readonly over: boolean;
    /** Failed attempts in a row, and when they began. */
    readonly failures: number;
    readonly failingSince: number;
}

/** Attempts to read the log of a container that has ended or whose pod has been replaced; what cannot be had by then went with its node. */
const triesAfterEnd = 3;

/**
 * Shows the log as it is written. With a container asked for, until that has ended well; otherwise until training has
 * ended. What is over already, or what the cluster cannot tell now, is shown once. Throws when there is no log, when
 * the cluster refuses it, and when the cluster stays away for long.
 */
export async function followLog(request: FollowRequest): Promise<void> {
    const first = await look(request);
    if (first === undefined) {
        await showFromStorage(request, undefined);
        return;
    }
    if (isFinal(classify(first.snapshot))) {
        await showLog(request);
        request.say(describeStatus(classify(first.snapshot)));
        return;
    }
    await new Following(request, first.cluster).run(first.snapshot);
}

class Following {
    private readonly request: FollowRequest;
    private readonly cluster: TrainingCluster;
    private readonly patience: Patience;
    private cursor: Cursor | undefined;
    private said = "";

    constructor(request: FollowRequest, cluster: TrainingCluster) {
        this.request = request;
        this.cluster = cluster;
        this.patience = { ...defaultPatience, ...request.patience };
    }

    async run(first: Snapshot): Promise<void> {
        let snapshot = first;
        for (;;) {
            const next = await this.advance(snapshot);
            if (next !== undefined) {
                await this.show(next, snapshot);
            } else {
                const status = classify(snapshot);
                if (isFinal(status) && this.cursor === undefined) {
                    await showLog(this.request);
                }
                this.sayStatus(status);
                if (isFinal(status) || this.isAllAskedFor(snapshot)) {
                    return;
                }
                await this.cluster.changed(snapshot.versions, this.patience);
            }
            snapshot = await persistently(() => this.cluster.snapshot(), this.patience, this.request.say);
        }
    }

    /** Moves on to what there is more of; undefined when that is to be waited for. */
    private async advance({ pods }: Snapshot): Promise<ContainerStatus | undefined> {
        const { container: wanted, say } = this.request;
        const { cursor } = this;
        const current = cursor && !cursor.over && pods.find(({ metadata }) => metadata?.name === cursor.pod);
        if (current) {
            return begun(current).find((status) => status.name === cursor.container);
        }
        const [pod] = byAge(pods);
        if (pod === undefined) {
            return undefined;
        }
        const name = pod.metadata?.name ?? "";
        const status = cursor?.pod === name ? this.containerAfter(begun(pod), cursor) : chooseContainer(pod, wanted);
        if (status !== undefined) {
            const instead = cursor === undefined || cursor.pod === name ? "" : `, in the place of pod ${cursor.pod}`;
            say(`${status.name} of pod ${name}${instead}`);
            await this.request.sink.begin({ pod: name, container: status.name });
            const lines = new LogLines();
            this.cursor = { pod: name, container: status.name, lines, over: false, failures: 0, failingSince: 0 };
        }
        return status;
    }

    private containerAfter(statuses: readonly ContainerStatus[], { container }: Cursor): ContainerStatus | undefined {
        const index = statuses.findIndex(({ name }) => name === container);
        return this.request.container === undefined && index >= 0 ? statuses[index + 1] : undefined;
    }

    /** Shows what there is until the connection ends; `status` was seen before it begins. */
    private async show(status: ContainerStatus, { pods }: Snapshot): Promise<void> {
        const { cursor } = this;
        if (cursor === undefined) {
            return;
        }
        const { pod, container, lines } = cursor;
        let failures = 0;
        let broken: unknown;
        try {
            lines.reconnect();
            const since = lines.since === undefined ? {} : { since: lines.since };
            const log = await this.cluster.openLog(pod, container, { follow: true, ...since });
            await pass(log, this.request.sink, (chunk) => lines.take(chunk));
        } catch (error) {
            broken = error;
            failures = cursor.failures + 1;
            this.refuse(error);
        }
        const failingSince = cursor.failures === 0 ? performance.now() : cursor.failingSince;
        const isLast = hasEnded(status) || byAge(pods)[0]?.metadata?.name !== pod;
        const lost = failures >= triesAfterEnd && isLast;
        this.cursor = { ...cursor, over: lost || (broken === undefined && hasEnded(status)), failures, failingSince };
        if (lost) {
            this.sayLost(cursor, broken);
        } else if (broken !== undefined || !hasEnded(status)) {
            await this.pause(this.cursor, broken);
        }
    }

    /** Trying again does not help who may not read logs. */
    private refuse(error: unknown): void {
        if (error instanceof ApiException && (error.code === 401 || error.code === 403)) {
            throw new Error(`the cluster refuses the log: ${describeClusterError(error)}`, { cause: error });
        }
    }

    /** Before the next connection, which a container that runs on will need. */
    private async pause({ failures, failingSince }: Cursor, broken: unknown): Promise<void> {
        const { backoff, relist, unreachable } = this.patience;
        if (failures > 0 && performance.now() - failingSince > unreachable) {
            throw new Error(`the cluster has given no log for long: ${describeClusterError(broken)}`);
        }
        if (failures === 1) {
            this.request.say("the connection has dropped, connecting again");
        }
        await sleep(Math.min(backoff * 2 ** Math.max(0, failures - 1), relist));
    }

    private sayLost({ pod, container }: Cursor, error: unknown): void {
        const { target, say } = this.request;
        const kept = keptLogUri(target.runDir, { pod, container });
        say(`the cluster gives no more of the log (${describeClusterError(error)}); what was kept of it is ${kept}`);
    }

    private sayStatus(status: TrainingStatus): void {
        if (status.reason !== this.said) {
            this.said = status.reason;
            this.request.say(describeStatus(status));
        }
    }

    /** A container that was asked for has ended well: the training goes on, but this log does not. */
    private isAllAskedFor({ pods }: Snapshot): boolean {
        const { cursor } = this;
        const pod = pods.find(({ metadata }) => metadata?.name === cursor?.pod);
        const status = pod && begun(pod).find(({ name }) => name === this.request.container);
        return cursor?.over === true && status !== undefined && hasEnded(status) && !hasFailed(status);
    }
}

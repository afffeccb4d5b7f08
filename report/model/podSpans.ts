// What a training's pods spent their time on: in the queue, pulling images, bringing code and data, training.
import type { ContainerStatus, Pod } from "../../pipeline/training/clusterObjects.ts";
import { containerStatuses } from "../../pipeline/training/pods.ts";
import type { Span } from "./report.ts";

const kinds: Readonly<Record<string, Span["kind"]>> = { "git-sync": "sync", "fetch-data": "fetch", train: "train" };

/** Of the pods that are on the cluster, oldest first. */
export function podSpans(pods: readonly Pod[]): Span[] {
    const sorted = [...pods].sort(
        (a, b) => timeOf(a.metadata?.creationTimestamp) - timeOf(b.metadata?.creationTimestamp),
    );
    return sorted.flatMap(spansOf);
}

function spansOf(pod: Pod): Span[] {
    const row = `pod ${pod.metadata?.name ?? ""}`;
    const created = isoOf(pod.metadata?.creationTimestamp);
    if (created === undefined) return [];
    const isOver = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
    const scheduled = isoOf(
        pod.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "True")
            ?.lastTransitionTime,
    );
    if (scheduled === undefined) return isOver ? [] : [{ row, kind: "queue", began: created }];
    const spans: Span[] = [{ row, kind: "queue", began: created, ended: scheduled }];
    // Images are pulled between the end of one container and the start of the next.
    let free: string | undefined = scheduled;
    for (const status of containerStatuses(pod)) {
        const { began, ended, failed } = lifeOf(status);
        if (began === undefined) break;
        if (free !== undefined && timeOf(began) - timeOf(free) >= 1000)
            spans.push({ row, kind: "pull", began: free, ended: began });
        const end = ended ?? (isOver ? began : undefined);
        spans.push({
            row,
            kind: kinds[status.name] ?? "train",
            began,
            ...(end !== undefined && { ended: end }),
            ...(failed && { failed }),
        });
        free = end;
        if (end === undefined) return spans;
    }
    const isWaiting = containerStatuses(pod).some(({ state }) => state?.waiting !== undefined);
    if (!isOver && free !== undefined && isWaiting) spans.push({ row, kind: "pull", began: free });
    return spans;
}

interface Life {
    readonly began?: string | undefined;
    readonly ended?: string | undefined;
    readonly failed?: true;
}

function lifeOf({ state }: ContainerStatus): Life {
    if (state?.running !== undefined) return { began: isoOf(state.running.startedAt) };
    const { startedAt, finishedAt, exitCode = 0 } = state?.terminated ?? {};
    return { began: isoOf(startedAt), ended: isoOf(finishedAt), ...(exitCode !== 0 && { failed: true as const }) };
}

function isoOf(time: Date | string | undefined): string | undefined {
    return time === undefined ? undefined : new Date(time).toISOString();
}

function timeOf(time: Date | string | undefined): number {
    return new Date(time ?? 0).getTime();
}

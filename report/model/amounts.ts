// What an experiment has moved and used.
import { trainStage } from "../../pipeline/training/state.ts";
import type { Costs, Span, StageReport, Transfer } from "./report.ts";
import { busySeconds, secondsOf } from "./spans.ts";

/** Uploads from here, and what the pods fetched of them. */
export function transfersOf(stages: readonly StageReport[], spans: readonly Span[]): Transfer[] {
    const uploads = spans
        .filter(({ kind }) => kind === "upload")
        .map((span): Transfer => ({ what: `${span.row} to S3`, bytes: span.bytes ?? 0, ...ended(span) }));
    const sent = stages.filter(({ name, place }) => name !== trainStage && place?.startsWith("s3://"));
    const total = sent.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
    const fetched = spans
        .filter(({ kind, ended: end, failed }) => kind === "fetch" && end !== undefined && !failed)
        .map((span): Transfer => ({ what: `training data into ${span.row}`, bytes: total, ...ended(span) }));
    return [...uploads, ...fetched];
}

function ended(span: Span): Pick<Transfer, "seconds"> {
    return span.ended === undefined ? {} : { seconds: secondsOf(span, new Date()) };
}

/** @param seconds - of a finished training on the cluster, as its pod measured it */
export function costsOf(
    stages: readonly StageReport[],
    spans: readonly Span[],
    gpus: number,
    seconds: number | undefined,
): Costs {
    const now = new Date();
    const pods = spans.filter(({ kind }) => kind === "train").reduce((sum, span) => sum + secondsOf(span, now), 0);
    const local = stages.find(({ name }) => name === "TrainLocal")?.seconds ?? 0;
    // A try that failed has used its GPUs as well.
    const trained = Math.max(pods, seconds ?? 0) + local;
    return {
        ...(trained > 0 && { gpuHours: (gpus * trained) / 3600 }),
        busySeconds: busySeconds(
            spans.filter(({ kind }) => kind !== "queue"),
            now,
        ),
        bytes: stages.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    };
}

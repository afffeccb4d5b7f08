// The bars of a stage: its run, and the time until S3 had all that it made.
import { manifestName } from "../../pipeline/stage/manifest.ts";
import { trainStage } from "../../pipeline/training/state.ts";
import type { Span } from "../model/report.ts";
import { placesOnS3 } from "./places.ts";
import type { GatheredStage } from "./stages.ts";
import type { Subject } from "./subject.ts";
import { type Arrivals, arrivalsIn } from "./uploads.ts";

export function stageSpan({ name, state, began, ended }: GatheredStage): Span[] {
    // The training on the cluster has bars of its own.
    if (name === trainStage || began === undefined || (ended === undefined && state !== "running")) return [];
    return [{ row: name, kind: "stage", began, ...(ended !== undefined && { ended }) }];
}

/** Of the stages that were made here. */
export async function uploadSpans(
    { settings, s3, s3Problem }: Subject,
    stages: readonly GatheredStage[],
): Promise<Span[]> {
    const sent = stages.filter(({ began, ended, names }) => began && ended && names);
    const places = settings ? placesOnS3(settings).filter(({ uri }) => sent.some(({ place }) => place === uri)) : [];
    if (places.length === 0) return [];
    if (s3 === undefined) throw new Error(s3Problem ?? "there are no keys for S3");
    const arrivals = new Map(
        await Promise.all(places.map(async (place) => [place.uri, await arrivalsIn(s3, place)] as const)),
    );
    return sent.flatMap((stage) => uploadSpan(stage, arrivals.get(stage.place ?? "")));
}

/** The manifest comes last. What was sent while the stage still ran is not counted. */
function uploadSpan({ name, ended = "", names = [] }: GatheredStage, arrivals: Arrivals | undefined): Span[] {
    const published = arrivals?.get(manifestName(name))?.modified;
    const end = new Date(ended);
    if (arrivals === undefined || published === undefined || published <= end) return [];
    const late = names.flatMap((one) => arrivals.get(one) ?? []).filter(({ modified }) => modified > end);
    const bytes = late.reduce((sum, { size }) => sum + size, 0);
    return [{ row: name, kind: "upload", began: ended, ended: published.toISOString(), bytes }];
}

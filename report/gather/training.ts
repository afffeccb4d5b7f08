// The training on a cluster: from the cluster while it has the Job, from S3 once it has not.
import { text } from "node:stream/consumers";
import type { S3Location } from "../../config/settings.ts";
import { classify } from "../../pipeline/training/classify.ts";
import { connect, type Snapshot } from "../../pipeline/training/cluster.ts";
import type { Pod } from "../../pipeline/training/clusterObjects.ts";
import { keptLogUri, listKeptLogs, openKeptLog } from "../../pipeline/training/keptLogs.ts";
import { listMetrics, metricsVersions, readMetricsFile } from "../../pipeline/training/metrics.ts";
import { byAge } from "../../pipeline/training/pods.ts";
import { impatient, lookAtTraining, type TrainingTarget } from "../../pipeline/training/report.ts";
import { type TrainingManifest, trainStage } from "../../pipeline/training/state.ts";
import type { LogPlace } from "../../pipeline/training/status.ts";
import { describeTermination, terminationOf } from "../../pipeline/training/termination.ts";
import { clientFor } from "../../pipeline/transfer/client.ts";
import type { S3Connection } from "../../pipeline/transfer/connection.ts";
import { fetchManifest } from "../../pipeline/transfer/manifestObject.ts";
import { readCurves } from "../model/curves.ts";
import { podSpans } from "../model/podSpans.ts";
import type { Curve, Failure, Span, TrainingReport } from "../model/report.ts";

export interface GatheredTraining {
    readonly report: TrainingReport;
    readonly curves: readonly Curve[];
    readonly spans: readonly Span[];
    readonly failures: readonly Failure[];
    readonly problems: readonly string[];
    readonly manifest?: TrainingManifest;
    /** The last one. */
    readonly pod?: Pod;
    readonly seconds?: number;
}

const shownLines = 20;
/** Of failed tries; each has its cause and its log. */
const shownTries = 5;

/** Of an experiment whose Job is in the state. */
export async function gatherTraining(target: TrainingTarget): Promise<GatheredTraining> {
    const { report, snapshot, manifest } = await lookAtTraining(target);
    const pods = snapshot?.pods ?? [];
    const problems = [...report.problems];
    const curves =
        target.s3Problem === undefined
            ? await readRemoteCurves(target.runDir, target.s3, snapshot, manifest).catch(tell(problems, []))
            : [];
    const spans = podSpans(pods);
    const { state, reason, since, pod, model } = report;
    const last = byAge(pods)[0];
    return {
        report: {
            state,
            reason,
            ...(since && { since: since.toISOString() }),
            job: { name: target.jobName, ...target.kubernetes },
            ...(pod && { pod }),
            ...(model !== undefined && { model }),
        },
        curves,
        spans: spans.length > 0 || manifest === undefined ? spans : [spanOf(manifest)],
        failures: await gatherFailures(target, snapshot),
        problems,
        ...(manifest && { manifest }),
        ...(last && { pod: last }),
        ...(report.seconds !== undefined && { seconds: report.seconds }),
    };
}

/** Of an experiment that was destroyed, or whose state is elsewhere: what its run directory on S3 says. */
export async function gatherKeptTraining(runDir: S3Location, s3: S3Connection): Promise<GatheredTraining> {
    const problems: string[] = [];
    const manifest: TrainingManifest | undefined = await fetchManifest(
        clientFor(s3),
        runDir,
        trainStage,
        impatient,
    ).catch(tell(problems, undefined));
    const isBlind = problems.length > 0;
    const curves = isBlind ? [] : await readRemoteCurves(runDir, s3, undefined, manifest).catch(tell(problems, []));
    const report: TrainingReport = manifest
        ? {
              state: "succeeded",
              reason: "this training has finished",
              since: manifest.time,
              model: `${runDir.uri}/model.pt`,
          }
        : isBlind
          ? { state: "unknown", reason: "S3 cannot be looked at" }
          : { state: "gone", reason: "there is no training, and no model of one" };
    return {
        report,
        curves,
        spans: manifest ? [spanOf(manifest)] : [],
        failures: [],
        problems,
        ...(manifest && { manifest }),
        ...(manifest?.seconds !== undefined && { seconds: manifest.seconds }),
    };
}

function tell<T>(problems: string[], instead: T): (error: unknown) => T {
    return (error) => {
        problems.push(`S3 cannot be looked at: ${error instanceof Error ? error.message : String(error)}`);
        return instead;
    };
}

/** Of a pod that is gone, how long it trained is all that is left. */
function spanOf({ time, seconds = 0 }: TrainingManifest): Span {
    const began = new Date(new Date(time).getTime() - seconds * 1000).toISOString();
    return { row: "training", kind: "train", began, ended: time };
}

async function readRemoteCurves(
    runDir: S3Location,
    s3: S3Connection | undefined,
    snapshot: Snapshot | undefined,
    manifest: TrainingManifest | undefined,
): Promise<Curve[]> {
    const client = clientFor(s3);
    const created = snapshot?.job?.metadata?.creationTimestamp;
    const since = created === undefined ? undefined : new Date(created);
    const names = manifest
        ? manifest.artefacts.map(({ name }) => name)
        : await listMetrics(client, runDir, since, impatient);
    const texts = metricsVersions(names).map((name) => readMetricsFile(client, runDir, name, impatient));
    return readCurves(await Promise.all(texts));
}

/** Of every try that failed, newest first; each with the end of the log of the container that failed. */
async function gatherFailures(target: TrainingTarget, snapshot: Snapshot | undefined): Promise<Failure[]> {
    if (snapshot === undefined) return [];
    const { state, reason, since, logs } = classify(snapshot);
    const isStuck = state === "failed" || state === "blocked";
    const ended = byAge(snapshot.pods).flatMap((pod) => {
        const termination = terminationOf(pod);
        return termination ? [{ pod, termination, cause: describeTermination(termination) ?? "" }] : [];
    });
    const own = await Promise.all(
        ended.slice(0, shownTries).map(async ({ pod, termination: { container }, cause }) => {
            const name = pod.metadata?.name ?? "";
            const place = { pod: name, container: container ?? "train" };
            const created = pod.metadata?.creationTimestamp;
            return {
                where: `pod ${name}`,
                cause,
                ...(created !== undefined && { when: new Date(created).toISOString() }),
                ...(await readLogEnd(target, place)),
            };
        }),
    );
    const isSaid = ended.some(({ cause }) => reason.includes(cause));
    if (!isStuck || isSaid) return own;
    const log = logs ? await readLogEnd(target, logs) : { log: [] };
    return [{ where: trainStage, cause: reason, ...(since && { when: since.toISOString() }), ...log }, ...own];
}

/** From the cluster, else what the pod has kept on S3. */
async function readLogEnd(target: TrainingTarget, place: LogPlace): Promise<Pick<Failure, "log" | "file">> {
    const { kubernetes, jobName, jobUid, runDir, s3, s3Problem } = target;
    const cluster = connect(kubernetes.context, { namespace: kubernetes.namespace, name: jobName, uid: jobUid });
    const there = await cluster.lastLines(place.pod, place.container, shownLines);
    if (there) return { log: there.trimEnd().split("\n") };
    if (s3Problem !== undefined) return { log: [] };
    const kept = await listKeptLogs(s3, runDir, impatient).catch(() => []);
    if (!kept.some(({ pod, container }) => pod === place.pod && container === place.container)) return { log: [] };
    const all = await openKeptLog(s3, runDir, place, impatient)
        .then(text)
        .catch(() => "");
    return { log: all.trimEnd().split("\n").slice(-shownLines), file: keptLogUri(runDir, place) };
}

// The stages of an experiment: what records, locks, logs and state say of each, and what the next up would do.
import { access } from "node:fs/promises";
import { hostname } from "node:os";
import { sourceOf } from "../../components/stageInputs.ts";
import type { ExperimentSettings } from "../../config/settings.ts";
import { readLock } from "../../pipeline/stage/lock.ts";
import { manifestDigest, totalBytes } from "../../pipeline/stage/manifest.ts";
import { attemptFile, lockFile, logFile, recordFile } from "../../pipeline/stage/paths.ts";
import { isAlive } from "../../pipeline/stage/processTree.ts";
import { readRecord, type StageRecord } from "../../pipeline/stage/records.ts";
import { trainStage } from "../../pipeline/training/state.ts";
import { type JudgedStage, judgeStages } from "../../preview/forecast/stages.ts";
import type { Failure, StageReport } from "../model/report.ts";
import { type LastRun, readLastRun } from "./lastRun.ts";
import type { StageFacts, StateFacts } from "./subject.ts";
import type { GatheredTraining } from "./training.ts";

export interface GatheredStage extends StageReport {
    readonly failure?: Failure;
    /** Of its manifest. */
    readonly digest?: string;
    /** What wrote its manifest. */
    readonly tool?: string;
    /** Of its artefacts. */
    readonly names?: readonly string[];
}

/** The training on the cluster is among them, with no more than its place in the order. */
export async function gatherStages(settings: ExperimentSettings, state: StateFacts): Promise<GatheredStage[]> {
    const judged = await judgeStages(settings);
    return Promise.all(judged.map((stage) => gatherStage(stage, settings, state.stages.get(stage.name))));
}

/** Of an experiment whose configuration cannot be read: what the state alone says. */
export function stagesOfState({ stages }: StateFacts): GatheredStage[] {
    return [...stages].map(([name, facts]) => ({
        name,
        needs: Object.keys(facts.inputs ?? {}),
        state: facts.started ? "running" : stateOf(facts),
        ...sizesOf(undefined, facts),
    }));
}

async function gatherStage(
    stage: JudgedStage,
    settings: ExperimentSettings,
    facts: StageFacts | undefined,
): Promise<GatheredStage> {
    const { name } = stage;
    const { directory } = settings.stack;
    if (!stage.local) return { name, needs: stage.needs, state: "not made", ...verdictOf(stage) };
    const [record, since, isUnfinished, run] = await Promise.all([
        readRecord(recordFile(directory, name)),
        runningSince(directory, name),
        isThere(attemptFile(directory, name)),
        readLastRun(logFile(directory, name)),
    ]);
    const { location, root } = sourceOf({ name, root: stage.root }, settings);
    const digest = record ? manifestDigest(record.manifest) : facts?.manifestDigest;
    const common = {
        name,
        needs: stage.needs,
        ...verdictOf(stage),
        ...sizesOf(record, facts),
        place: location?.uri ?? root,
        ...(digest && { digest }),
        ...(record && { tool: record.manifest.tool, names: record.manifest.artefacts.map((one) => one.name) }),
    };
    if (since !== undefined) return { ...common, state: "running", began: since };
    if (isUnfinished) return { ...common, ...describeUnfinished(name, run, logFile(directory, name)) };
    if (record) return { ...common, state: "made", ...timesOf(record, run) };
    return { ...common, state: facts ? stateOf(facts) : "not made" };
}

function verdictOf({ verdict: { kind, reason } }: JudgedStage): Pick<StageReport, "verdict"> {
    return { verdict: { kind, reason } };
}

function stateOf({ damaged = [], manifestDigest: digest = "" }: StageFacts): StageReport["state"] {
    if (damaged.length > 0) return "damaged";
    return digest === "" ? "waiting" : "made";
}

/** A stop that was asked for is no failure; neither is a machine that went down, of which the log says nothing. */
function describeUnfinished(name: string, { began, failure, tail }: LastRun, file: string) {
    const times = began === undefined ? {} : { began };
    if (failure === undefined || /^stopped\b/.test(failure)) return { ...times, state: "stopped" as const };
    const cause = failure.replace(`${name} `, "").replace(/; the whole log is .*$/, "");
    const when = began === undefined ? {} : { when: began };
    return { ...times, state: "failed" as const, failure: { where: name, cause, ...when, log: tail, file } };
}

function sizesOf(record: StageRecord | undefined, facts: StageFacts | undefined) {
    const { seconds = 0 } = record && record.seconds > 0 ? record : (facts ?? {});
    const files = record?.manifest.artefacts.length ?? facts?.files;
    const bytes = record ? totalBytes(record.manifest) : facts?.bytes;
    return { ...(seconds > 0 && { seconds }), ...(files && { files }), ...(bytes && { bytes }) };
}

/** The log knows the start better than the record, which was written when all was hashed. */
function timesOf({ manifest, seconds }: StageRecord, run: LastRun): Pick<StageReport, "began" | "ended"> {
    // Artefacts that came from S3 were made elsewhere, at a time of which this machine knows the end alone.
    if (seconds === 0) return { ended: manifest.time };
    const end = new Date(manifest.time).getTime();
    const began = new Date(run.began ?? Number.NaN).getTime();
    const start = began + seconds * 1000 <= end ? began : end - seconds * 1000;
    return { began: new Date(start).toISOString(), ended: new Date(start + seconds * 1000).toISOString() };
}

/** Undefined unless a living process holds it; of another machine's, nothing but its lock can be seen. */
async function runningSince(directory: string, stage: string): Promise<string | undefined> {
    const lock = await readLock(lockFile(directory, stage));
    if (lock === undefined || lock.since === "") return undefined;
    const isHere = lock.host === hostname();
    return !isHere || (await isAlive(lock.holder)) ? lock.since : undefined;
}

async function isThere(file: string): Promise<boolean> {
    return access(file).then(
        () => true,
        () => false,
    );
}

const trainingStates: Readonly<Record<string, StageReport["state"]>> = {
    waiting: "waiting",
    preparing: "running",
    training: "running",
    blocked: "failed",
    failed: "failed",
    succeeded: "made",
};

/** With the stage of the training on the cluster as that is doing. */
export function withTraining(
    stages: readonly GatheredStage[],
    training: GatheredTraining | undefined,
): GatheredStage[] {
    if (training === undefined) return [...stages];
    const { report, manifest, seconds, spans } = training;
    const began = spans.find(({ kind }) => kind === "train")?.began;
    const found = {
        state: trainingStates[report.state] ?? ("not made" as const),
        ...(began !== undefined && { began }),
        ...(manifest && {
            ended: manifest.time,
            files: manifest.artefacts.length,
            bytes: totalBytes(manifest),
            digest: manifestDigest(manifest),
        }),
        ...(seconds !== undefined && seconds > 0 && { seconds }),
        ...(report.model !== undefined && { place: report.model.replace(/\/[^/]+$/, "") }),
    };
    return stages.map((stage) => (stage.name === trainStage ? { ...stage, ...found } : stage));
}

/** What of it goes into the report as it is. */
export function reportOf({ failure: _, digest: __, tool: ___, names: ____, ...stage }: GatheredStage): StageReport {
    return stage;
}

// Brings a stage to done: what it must make exists, is recorded, and lies on S3 when it belongs there.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import prettyBytes from "pretty-bytes";
import prettyMs from "pretty-ms";
import { clientFor } from "../transfer/client.ts";
import { fetchPublished } from "../transfer/manifestObject.ts";
import { missingOnS3 } from "../transfer/verify.ts";
import { adoptFromS3 } from "./adopt.ts";
import { fileCount, type Say, sayAs } from "./console.ts";
import { settingsDigest } from "./digest.ts";
import { defaultPace, EarlySending, type MirroredStage, type Pace } from "./earlySending.ts";
import { clearLeftovers, completeAttempt, dropPrevious, restorePrevious } from "./leftovers.ts";
import { lockStage, type StageLock } from "./lock.ts";
import { type Manifest, totalBytes } from "./manifest.ts";
import { logFile, recordFile } from "./paths.ts";
import { unmatched } from "./produced.ts";
import { progressBoard } from "./progressBoard.ts";
import { publish } from "./publish.ts";
import { describe, readRecord, type StageRecord, verifyFiles } from "./records.ts";
import { ensureSource } from "./sources.ts";
import type { StageInputs } from "./state.ts";
import { StoppedError, stoppable } from "./stop.ts";
import { failure, runStageTask } from "./task.ts";

/** Stages share this process, and the machine. */
const slots = pLimit(1);

export type StageResult = Pick<StageRecord, "manifest" | "seconds">;

/**
 * Runs whatever is still to do of a stage, which is nothing when its record says so and its artefacts are there.
 * @param pace - how a task whose files belong on S3 is looked at while it runs
 */
export async function runStage(inputs: StageInputs, pace: Pace = defaultPace): Promise<StageResult> {
    slots.concurrency = Math.max(1, inputs.workers);
    return stoppable(async (signal) => {
        try {
            return await slots(() => runLocked(inputs, pace, signal));
        } catch (error) {
            if (error instanceof StoppedError) {
                throw new Error(`${inputs.stage} was ${error.message}; the next up goes on from here`, {
                    cause: error,
                });
            }
            throw error;
        }
    });
}

async function runLocked(inputs: StageInputs, pace: Pace, signal: AbortSignal): Promise<StageResult> {
    signal.throwIfAborted();
    const lock = await lockStage(inputs.directory, inputs.stage);
    try {
        return await bringToDone(inputs, { pace, lock, signal, say: sayAs(inputs.stage) });
    } finally {
        await lock.release();
    }
}

/** What a run has at hand. */
interface Run {
    readonly pace: Pace;
    readonly lock: StageLock;
    readonly signal: AbortSignal;
    readonly say: Say;
}

async function bringToDone(inputs: StageInputs, run: Run): Promise<StageResult> {
    const { signal, say } = run;
    const digest = settingsDigest(inputs);
    const wanted = ({ manifest }: Pick<StageRecord, "manifest">) =>
        manifest.settingsDigest === digest && isDeepStrictEqual(manifest.inputs ?? {}, inputs.inputs);
    const found = await readRecord(recordFile(inputs.directory, inputs.stage));
    const record = found?.root === path.relative(inputs.directory, inputs.root) ? found : undefined;
    const current = record && wanted(record) ? record : undefined;

    const onS3 = await finishedOnS3(inputs, wanted, signal);
    if (onS3) {
        return { manifest: onS3, seconds: current?.seconds ?? 0 };
    }
    let done = current && (await intact(inputs, current, signal)) ? current : undefined;
    done ??= await restorePrevious(inputs, wanted);
    let early: EarlySending | undefined;
    if (!done) {
        await prepare(inputs, current, current ? undefined : record, run);
        early = mirrored(inputs) ? new EarlySending(inputs, run.pace, signal, say) : undefined;
        done = await make(inputs, digest, early, run);
    }
    if (mirrored(inputs)) {
        await publish(inputs, done.manifest, early, signal, say);
    }
    await dropPrevious(inputs);
    return done;
}

/** All uploaded before, by this machine or another one; local copies are fetched when somebody needs them. */
async function finishedOnS3(
    { target, s3, stage }: StageInputs,
    wanted: (record: { manifest: Manifest }) => boolean,
    signal: AbortSignal,
): Promise<Manifest | undefined> {
    if (!target) {
        return undefined;
    }
    const published = await fetchPublished(clientFor(s3), target, stage, { signal });
    if (!published || !wanted(published)) {
        return undefined;
    }
    const { manifest } = published;
    const missing = await missingOnS3(clientFor(s3), target, manifest.artefacts, { signal }, published);
    return missing.length === 0 ? manifest : undefined;
}

function mirrored(inputs: StageInputs): inputs is MirroredStage {
    return inputs.target !== undefined;
}

async function intact(inputs: StageInputs, record: StageRecord, signal: AbortSignal): Promise<boolean> {
    return (await verifyFiles(inputs.root, record, signal)).damaged.length === 0;
}

/** What the task reads is here, and nothing of what it makes but what it may build on. */
async function prepare(
    inputs: StageInputs,
    current: StageRecord | undefined,
    outdated: StageRecord | undefined,
    { signal, say }: Run,
): Promise<void> {
    for (const source of inputs.sources) {
        await ensureSource(source, inputs.inputs[source.stage], { ...inputs, s3: inputs.s3, signal, say });
    }
    await mkdir(inputs.root, { recursive: true });
    if (!current && !outdated) {
        await adoptFromS3(inputs, signal, say);
    }
    await clearLeftovers(inputs, current, outdated);
}

async function make(
    inputs: StageInputs,
    digest: string,
    early: EarlySending | undefined,
    { lock, signal, say }: Run,
): Promise<StageRecord> {
    try {
        say(`running ${inputs.command.join(" ")}`);
        const { seconds } = await runStageTask(inputs, lock, signal, say);
        const missing = await unmatched(inputs.root, inputs.produces);
        if (missing.length > 0) {
            const what = `ended with exit code 0 but made no ${missing.join(" and no ")} in ${inputs.root}`;
            throw failure(inputs, what, [], logFile(inputs.directory, inputs.stage));
        }
        const [record] = await Promise.all([hashFiles(inputs, digest, seconds, early, signal), early?.finish()]);
        await completeAttempt(inputs, record);
        const bytes = prettyBytes(totalBytes(record.manifest));
        say(`made ${fileCount(record.manifest.artefacts.length)} (${bytes}) in ${prettyMs(seconds * 1000)}`);
        return record;
    } catch (error) {
        await early?.cancel();
        throw error;
    }
}

async function hashFiles(
    inputs: StageInputs,
    digest: string,
    seconds: number,
    early: EarlySending | undefined,
    signal: AbortSignal,
): Promise<StageRecord> {
    const meter = progressBoard.begin(inputs.stage, "hashed");
    try {
        return await describe(inputs, digest, Math.round(seconds * 1000) / 1000, {
            signal,
            onPlan: meter.plan,
            onBytes: meter.add,
            hashOf: early?.hashOf,
        });
    } finally {
        progressBoard.end(meter);
    }
}

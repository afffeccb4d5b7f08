// Brings a stage to done: what it must make exists, is recorded, and lies on S3 when it belongs there.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import prettyBytes from "pretty-bytes";
import prettyMs from "pretty-ms";
import { clientFor } from "../transfer/client.ts";
import { fetchManifest } from "../transfer/manifestObject.ts";
import { reportProgress } from "../transfer/progress.ts";
import { uploadStage } from "../transfer/upload.ts";
import { missingOnS3 } from "../transfer/verify.ts";
import { adoptFromS3 } from "./adopt.ts";
import { fileCount, type Say, sayAs } from "./console.ts";
import { settingsDigest } from "./digest.ts";
import { clearLeftovers, completeAttempt, dropPrevious, restorePrevious } from "./leftovers.ts";
import { lockStage, type StageLock } from "./lock.ts";
import { type Manifest, totalBytes } from "./manifest.ts";
import { logFile, recordFile, uploadsFolder } from "./paths.ts";
import { unmatched } from "./produced.ts";
import { describe, readRecord, type StageRecord, verifyFiles } from "./records.ts";
import { ensureSource } from "./sources.ts";
import type { StageInputs } from "./state.ts";
import { StoppedError, stoppable } from "./stop.ts";
import { failure, runStageTask } from "./task.ts";

/** Stages share this process, and the machine. */
const slots = pLimit(1);

export type StageResult = Pick<StageRecord, "manifest" | "seconds">;

/** Runs whatever is still to do of a stage, which is nothing when its record says so and its artefacts are there. */
export async function runStage(inputs: StageInputs): Promise<StageResult> {
    slots.concurrency = Math.max(1, inputs.workers);
    return stoppable(async (signal) => {
        try {
            return await slots(() => runLocked(inputs, signal));
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

async function runLocked(inputs: StageInputs, signal: AbortSignal): Promise<StageResult> {
    signal.throwIfAborted();
    const lock = await lockStage(inputs.directory, inputs.stage);
    try {
        return await bringToDone(inputs, lock, signal);
    } finally {
        await lock.release();
    }
}

async function bringToDone(inputs: StageInputs, lock: StageLock, signal: AbortSignal): Promise<StageResult> {
    const say = sayAs(inputs.stage);
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
    done ??= await make(inputs, digest, current, current ? undefined : record, lock, signal, say);
    if (inputs.target) {
        await publish(inputs, inputs.target, done.manifest, signal, say);
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
    const manifest = await fetchManifest(clientFor(s3), target, stage, { signal });
    if (!manifest || !wanted({ manifest })) {
        return undefined;
    }
    const missing = await missingOnS3(clientFor(s3), target, manifest.artefacts, { signal });
    return missing.length === 0 ? manifest : undefined;
}

async function intact(inputs: StageInputs, record: StageRecord, signal: AbortSignal): Promise<boolean> {
    return (await verifyFiles(inputs.root, record, signal)).damaged.length === 0;
}

async function make(
    inputs: StageInputs,
    digest: string,
    current: StageRecord | undefined,
    outdated: StageRecord | undefined,
    lock: StageLock,
    signal: AbortSignal,
    say: Say,
): Promise<StageRecord> {
    for (const source of inputs.sources) {
        await ensureSource(source, inputs.inputs[source.stage], { ...inputs, s3: inputs.s3, signal, say });
    }
    await mkdir(inputs.root, { recursive: true });
    if (!current && !outdated) {
        await adoptFromS3(inputs, signal, say);
    }
    await clearLeftovers(inputs, current, outdated);
    say(`running ${inputs.command.join(" ")}`);
    const { seconds } = await runStageTask(inputs, lock, signal, say);
    const missing = await unmatched(inputs.root, inputs.produces);
    if (missing.length > 0) {
        const what = `ended with exit code 0 but made no ${missing.join(" and no ")} in ${inputs.root}`;
        throw failure(inputs, what, [], logFile(inputs.directory, inputs.stage));
    }
    const record = await describe(inputs, digest, Math.round(seconds * 1000) / 1000, { signal });
    await completeAttempt(inputs, record);
    const bytes = prettyBytes(totalBytes(record.manifest));
    say(`made ${fileCount(record.manifest.artefacts.length)} (${bytes}) in ${prettyMs(seconds * 1000)}`);
    return record;
}

async function publish(
    inputs: StageInputs,
    target: NonNullable<StageInputs["target"]>,
    manifest: Manifest,
    signal: AbortSignal,
    say: Say,
): Promise<void> {
    const progress = reportProgress("sent", say);
    try {
        const sent = await uploadStage(clientFor(inputs.s3), inputs.root, target, manifest, {
            signal,
            onPlan: progress.plan,
            onBytes: progress.add,
            onFound: (bytes) => {
                progress.plan(-bytes);
            },
            onRetry: say,
            notes: uploadsFolder(inputs.directory, inputs.stage),
        });
        const there = manifest.artefacts.length - sent.files;
        say(
            `sent ${fileCount(sent.files)} (${prettyBytes(sent.bytes)}) to ${target.uri}${there ? `, ${there} were there` : ""}`,
        );
    } finally {
        progress.stop();
    }
}

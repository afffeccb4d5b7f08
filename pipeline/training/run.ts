// Waits for a training's end and says how it went.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { connect, type TrainingCluster } from "./cluster.ts";
import { openKeptLog } from "./keptLogs.ts";
import { findModel, verifyModel } from "./model.ts";
import { type TrainingRunInputs, type TrainingRunOutputs, trainStage } from "./state.ts";
import type { LogPlace, TrainingStatus } from "./status.ts";
import { describeStatus, type WatchOptions, watchTraining } from "./watch.ts";

/** Lines of the pod's log that a failure shows, and that are kept in the experiment's log file. */
const shownLines = 20;
const keptLines = 100_000;

export type RunResult = Pick<TrainingRunOutputs, "state" | "manifestDigest" | "seconds">;

export async function followTraining(
    inputs: TrainingRunInputs,
    options: Pick<WatchOptions, "say" | "patience">,
): Promise<RunResult> {
    const job = { namespace: inputs.kubernetes.namespace, name: inputs.jobName, uid: inputs.jobUid };
    const cluster = connect(inputs.kubernetes.context, job);
    // A Job that was made again for a finished training has nothing to do, and may wait for a GPU to find that out.
    const before = await findModel(inputs);
    const status = await watchTraining(cluster, { ...options, once: !inputs.wait || before !== undefined });
    if (before !== undefined && status.state !== "succeeded") {
        options.say(`this training has finished before: its model is in ${inputs.runDir.uri}`);
        return { state: "succeeded", ...before };
    }
    switch (status.state) {
        case "succeeded":
            await keepLog(cluster, status, inputs);
            return trained(await verifyModel(inputs), inputs, `the Job ${job.name} finished`);
        case "gone":
            return trained(await verifyModel(inputs), inputs, `the Job ${job.name} was deleted before it finished`);
        case "failed":
            throw await failure(cluster, status, inputs);
        case "blocked":
            if (inputs.wait) {
                throw await failure(cluster, status, inputs);
            }
            return { state: "accepted", manifestDigest: "", seconds: 0 };
        default:
            return { state: "accepted", manifestDigest: "", seconds: 0 };
    }
}

/** The manifest on S3 decides, not the Job: a finished training whose Job was cleaned away stays finished. */
function trained(
    model: Awaited<ReturnType<typeof verifyModel>>,
    inputs: TrainingRunInputs,
    verdict: string,
): RunResult {
    if (model === undefined) {
        const advice = "to train again, run refresh and then up";
        throw new Error(`${verdict}, but ${inputs.runDir.uri} holds no model of this training; ${advice}`);
    }
    return { state: "succeeded", ...model };
}

async function failure(cluster: TrainingCluster, status: TrainingStatus, inputs: TrainingRunInputs): Promise<Error> {
    const { file, tail } = await keepLog(cluster, status, inputs);
    const { context, namespace } = inputs.kubernetes;
    const advice =
        status.state === "blocked"
            ? "The Job stays and goes on once the cause is gone; run up again to come back to it."
            : `To train again: kubectl --context ${context} -n ${namespace} delete job ${inputs.jobName}, then refresh and up.`;
    const log = file === undefined ? [] : [tail, `The whole log is in ${file}.`];
    return new Error([describeStatus(status), ...log, advice].join("\n"));
}

/** Saves what the container wrote, which goes with the pod. */
async function keepLog(
    cluster: TrainingCluster,
    status: TrainingStatus,
    inputs: TrainingRunInputs,
): Promise<{ file?: string; tail: string }> {
    const log = status.logs && (await readLog(cluster, status.logs, inputs));
    if (log === undefined || log === "") {
        return { tail: "" };
    }
    const file = path.join(inputs.directory, "logs", `${trainStage}.log`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, log);
    return { file, tail: log.trimEnd().split("\n").slice(-shownLines).join("\n") };
}

/** From the cluster, else what the pod has kept on S3: an evicted pod's log goes before the pod does. */
async function readLog(
    cluster: TrainingCluster,
    place: LogPlace,
    { s3, runDir }: TrainingRunInputs,
): Promise<string | undefined> {
    const lines = await cluster.lastLines(place.pod, place.container, keptLines);
    if (lines !== undefined && lines !== "") {
        return lines;
    }
    return openKeptLog(s3, runDir, place, { retries: 1 })
        .then(text)
        .catch(() => undefined);
}

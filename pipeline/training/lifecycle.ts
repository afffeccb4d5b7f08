// Life cycle of a remote training run; runs in the dynamic-provider process. It only watches: the Job and the model
// belong to other resources, so nothing is lost when the wait is broken off.
import { isDeepStrictEqual } from "node:util";
import { sayAs } from "../stage/console.ts";
import { stoppable } from "../stage/stop.ts";
import { findManifest, findModel } from "./model.ts";
import { recordTraining } from "./record.ts";
import { followTraining } from "./run.ts";
import { type TrainingRunInputs, type TrainingRunOutputs, trainStage } from "./state.ts";

export function check(news: TrainingRunInputs) {
    return { inputs: news };
}

function recorded(inputs: TrainingRunInputs): TrainingRunInputs {
    const { kubernetes, jobName, jobUid, trainingDigest, wait, runDir, s3, directory, experiment } = inputs;
    return { kubernetes, jobName, jobUid, trainingDigest, wait, runDir, directory, experiment, ...(s3 && { s3 }) };
}

/** A run that was only accepted is always worth another look. */
export function diff(olds: TrainingRunOutputs, news: TrainingRunInputs) {
    return { changes: olds.state !== "succeeded" || !isDeepStrictEqual(recorded(olds), recorded(news)) };
}

export async function create(inputs: TrainingRunInputs) {
    const id = `${inputs.kubernetes.namespace}/${inputs.jobName}`;
    return { id, outs: await follow(inputs) };
}

/** Moved credentials or a re-made Job change nothing about a model that is already there. */
export async function update(olds: TrainingRunOutputs, news: TrainingRunInputs) {
    const sameTraining = olds.trainingDigest === news.trainingDigest && isDeepStrictEqual(olds.runDir, news.runDir);
    if (olds.state === "succeeded" && sameTraining) {
        const { state, manifestDigest, seconds } = olds;
        return { outs: { ...recorded(news), state, manifestDigest, seconds } };
    }
    return { outs: await follow(news) };
}

async function follow(inputs: TrainingRunInputs): Promise<TrainingRunOutputs> {
    const say = sayAs(trainStage);
    const result = await stoppable((signal) => Promise.race([followTraining(inputs, { say }), untilStopped(signal)]));
    if (result.state === "succeeded") {
        // A training is not lost for a note about it.
        await note(inputs).catch((error: unknown) => {
            say(`how long it took could not be noted: ${error instanceof Error ? error.message : String(error)}`);
        });
    }
    return { ...recorded(inputs), ...result };
}

async function note(inputs: TrainingRunInputs): Promise<void> {
    const manifest = await findManifest(inputs);
    if (manifest) {
        await recordTraining(inputs.directory, manifest);
    }
}

/** Only the wait ends: the Job goes on, and the next update comes back to it. */
function untilStopped(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
            const reason = signal.reason instanceof Error ? signal.reason.message : "stopped";
            reject(new Error(`the wait was ${reason}; the training goes on, and the next up comes back to it`));
        });
    });
}

/** A model that has vanished is looked for again by the next update, which says what happened to it. */
export async function read(id: string, props: TrainingRunOutputs) {
    if (props.state !== "succeeded") {
        return { id, props };
    }
    const model = await findModel(props);
    const intact = model?.manifestDigest === props.manifestDigest;
    return { id, props: intact ? props : { ...props, state: "accepted" as const, manifestDigest: "", seconds: 0 } };
}

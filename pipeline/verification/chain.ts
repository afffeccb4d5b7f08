// Whether each stage was made from what the stages before it have there now, and the model trained on it.
import { type Manifest, manifestDigest } from "../stage/manifest.ts";
import { type TrainingManifest, trainStage } from "../training/state.ts";
import type { Finding, Look, Subject } from "./copy.ts";

/** Stage → the manifest that counts: the one on S3, else that of the record here. */
export function manifestsThatCount(looks: readonly Look[]): ReadonlyMap<string, Manifest> {
    const counting = looks.filter(({ kind, state }) => kind !== "mirror" && state === undefined);
    return new Map(counting.flatMap(({ stage, manifest }) => (manifest ? [[stage, manifest]] : [])));
}

/** Tells whether a training with these very settings, this code and these data (stage → digest) made the model. */
export type Recogniser = (manifest: TrainingManifest, data: Readonly<Record<string, string>>) => Promise<boolean>;

export interface Origin {
    readonly findings: readonly Finding[];
    readonly notes: readonly string[];
}

/** By the digests of the manifests; a stage before it that is not there, or being made, is told elsewhere. */
export async function judgeOrigin(
    subject: Subject,
    counting: ReadonlyMap<string, Manifest>,
    data: readonly string[],
    recognise: Recogniser | undefined,
): Promise<Origin> {
    const manifest = counting.get(subject.stage);
    if (manifest === undefined) {
        return { findings: [], notes: [] };
    }
    if (subject.stage !== trainStage) {
        return { findings: compareInputs("made from", manifest.inputs ?? {}, counting), notes: [] };
    }
    if (subject.training?.digest === manifest.settingsDigest) {
        return { findings: compareInputs("trained on", subject.training.data, counting), notes: [] };
    }
    return subject.training ? { findings: [], notes: [] } : recogniseTraining(manifest, counting, data, recognise);
}

function compareInputs(
    verb: string,
    inputs: Readonly<Record<string, string>>,
    counting: ReadonlyMap<string, Manifest>,
): Finding[] {
    return Object.entries(inputs).flatMap(([name, digest]) => {
        const there = counting.get(name);
        const message = `${name} has other files there now than it was ${verb}`;
        return there === undefined || manifestDigest(there) === digest ? [] : [{ kind: "inputs", name, message }];
    });
}

/** The model's manifest does not name its data, but the digest of its training covers them. */
async function recogniseTraining(
    manifest: TrainingManifest,
    counting: ReadonlyMap<string, Manifest>,
    data: readonly string[],
    recognise: Recogniser | undefined,
): Promise<Origin> {
    const found = data.flatMap((stage) => {
        const there = counting.get(stage);
        return there ? [[stage, manifestDigest(there)] as const] : [];
    });
    const isKnown = found.length === data.length && (await recognise?.(manifest, Object.fromEntries(found)));
    const note =
        "cannot be told from here to have trained on these data: without a state, only the very settings and code " +
        "that trained could tell";
    return { findings: [], notes: isKnown ? [] : [note] };
}

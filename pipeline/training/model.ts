// The trained model on S3: what its manifest says, and whether it is all there.
import { manifestDigest } from "../stage/manifest.ts";
import { clientFor } from "../transfer/client.ts";
import { fetchManifest } from "../transfer/manifestObject.ts";
import type { TransferOptions } from "../transfer/options.ts";
import { missingOnS3 } from "../transfer/verify.ts";
import { type TrainingManifest, type TrainingRunInputs, trainStage } from "./state.ts";

export interface TrainedModel {
    readonly manifestDigest: string;
    readonly seconds: number;
}

/** What names a training and the place of its model. */
export type TrainingPlace = Pick<TrainingRunInputs, "runDir" | "s3" | "trainingDigest">;

/** Undefined unless a training with exactly these settings, code and data has finished, and all it made is there. */
export async function findModel(place: TrainingPlace): Promise<TrainedModel | undefined> {
    const manifest = await findManifest(place);
    return manifest && describe(manifest);
}

/** As `findModel`; the manifest itself. */
export async function findManifest(
    place: TrainingPlace,
    options: TransferOptions = {},
): Promise<TrainingManifest | undefined> {
    const manifest = await readManifest(place, options);
    return manifest && (await missingFiles(place, manifest, options)).length === 0 ? manifest : undefined;
}

/** As `findModel`, and throws when something the manifest lists is missing or differs. */
export async function verifyModel(inputs: TrainingPlace): Promise<TrainedModel | undefined> {
    const manifest = await readManifest(inputs);
    if (manifest === undefined) {
        return undefined;
    }
    const missing = await missingFiles(inputs, manifest);
    if (missing.length > 0) {
        const names = missing.map(({ name }) => name).join(", ");
        throw new Error(`the model in ${inputs.runDir.uri} is incomplete: missing or changed are ${names}`);
    }
    return describe(manifest);
}

function missingFiles({ s3, runDir }: TrainingPlace, { artefacts }: TrainingManifest, options: TransferOptions = {}) {
    return missingOnS3(clientFor(s3), runDir, artefacts, options);
}

function describe(manifest: TrainingManifest): TrainedModel {
    return { manifestDigest: manifestDigest(manifest), seconds: manifest.seconds ?? 0 };
}

async function readManifest(
    { s3, runDir, trainingDigest }: TrainingPlace,
    options: TransferOptions = {},
): Promise<TrainingManifest | undefined> {
    const manifest: TrainingManifest | undefined = await fetchManifest(clientFor(s3), runDir, trainStage, options);
    return manifest?.settingsDigest === trainingDigest ? manifest : undefined;
}

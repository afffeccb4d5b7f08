// The trained model on S3: what its manifest says, and whether it is all there.
import { manifestDigest } from "../stage/manifest.ts";
import { clientFor } from "../transfer/client.ts";
import { fetchManifest } from "../transfer/manifestObject.ts";
import { missingOnS3 } from "../transfer/verify.ts";
import { type TrainingManifest, type TrainingRunInputs, trainStage } from "./state.ts";

export interface TrainedModel {
    readonly manifestDigest: string;
    readonly seconds: number;
}

/** Undefined unless a training with exactly these settings, code and data has finished and left a manifest. */
export async function findModel(inputs: TrainingRunInputs): Promise<TrainedModel | undefined> {
    const manifest = await readManifest(inputs);
    return manifest && { manifestDigest: manifestDigest(manifest), seconds: manifest.seconds ?? 0 };
}

/** As `findModel`, and throws when something the manifest lists is missing or differs. */
export async function verifyModel(inputs: TrainingRunInputs): Promise<TrainedModel | undefined> {
    const manifest = await readManifest(inputs);
    const missing = await missingOnS3(clientFor(inputs.s3), inputs.runDir, manifest?.artefacts ?? []);
    if (missing.length > 0) {
        const names = missing.map(({ name }) => name).join(", ");
        throw new Error(`the model in ${inputs.runDir.uri} is incomplete: missing or changed are ${names}`);
    }
    return manifest && { manifestDigest: manifestDigest(manifest), seconds: manifest.seconds ?? 0 };
}

async function readManifest({ s3, runDir, trainingDigest }: TrainingRunInputs): Promise<TrainingManifest | undefined> {
    const manifest: TrainingManifest | undefined = await fetchManifest(clientFor(s3), runDir, trainStage);
    return manifest?.settingsDigest === trainingDigest ? manifest : undefined;
}

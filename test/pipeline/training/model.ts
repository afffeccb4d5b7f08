// A model on S3 as the training pod leaves it.
import { createHash } from "node:crypto";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { manifestDigest } from "../../../pipeline/stage/manifest.ts";
import type { TrainingPlace } from "../../../pipeline/training/model.ts";
import { put } from "../fixtures/s3.ts";

/** @param others - names of what is there already and belongs to the model; returns the manifest's digest */
export async function putModel(
    client: S3Client,
    { runDir, trainingDigest }: TrainingPlace,
    others: readonly string[] = [],
): Promise<string> {
    const contents = await Promise.all(
        others.map(async (name) => {
            const { Body } = await client.send(
                new GetObjectCommand({ Bucket: runDir.bucket, Key: `${runDir.prefix}/${name}` }),
            );
            return [name, (await Body?.transformToString()) ?? ""] as const;
        }),
    );
    const artefacts = await Promise.all(
        [["model.pt", "weights"] as const, ...contents].map(async ([name, content]) => {
            const sha256 = createHash("sha256").update(content).digest("hex");
            await put(client, `${runDir.prefix}/${name}`, content, { sha256 });
            return { name, size: content.length, sha256 };
        }),
    );
    const manifest = {
        version: 1,
        stage: "Train",
        settingsDigest: trainingDigest,
        time: "2026-03-01T12:00:00.000Z",
        artefacts,
        seconds: 12.5,
    };
    await put(client, `${runDir.prefix}/.aframe/Train.manifest.json`, JSON.stringify(manifest));
    return manifestDigest({ artefacts });
}

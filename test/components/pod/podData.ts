// Training data on a real S3 server, and a pod with a fault proxy between them.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import type { S3Client } from "@aws-sdk/client-s3";
import { type Manifest, manifestDigest } from "../../../pipeline/stage/manifest.ts";
import { uploadStage } from "../../../pipeline/transfer/upload.ts";
import { writeArtefacts } from "../../pipeline/fixtures/artefacts.ts";
import { prefix } from "../../pipeline/fixtures/s3.ts";
import type { Pod } from "./scripts.ts";

export interface PodData extends Pod {
    readonly manifest: Manifest;
    /** The variable that names it to the pod. */
    readonly manifests: string;
    /** Where the files were made that are on S3. */
    readonly source: string;
}

let pods = 0;

/** Files of random bytes on S3, name → size, and a pod with an empty volume that is to fetch them. */
export async function podWithData(t: TestContext, client: S3Client, sizes: Record<string, number>): Promise<PodData> {
    const folder = await mkdtemp(path.join(tmpdir(), "aframe-pod-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const name = `pod${pods++} +/ü`;
    const source = path.join(folder, "source");
    const manifest = await writeArtefacts(source, sizes);
    await uploadStage(client, source, prefix(`${name}/data`), manifest);
    for (const made of ["data", "run"]) {
        await mkdir(path.join(folder, made));
    }
    return { folder, name, manifest, manifests: JSON.stringify({ Fetch: manifestDigest(manifest) }), source };
}

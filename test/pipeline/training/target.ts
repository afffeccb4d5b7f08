// The training whose Job and pods objects.ts makes.
import type { TrainingTarget } from "../../../pipeline/training/report.ts";
import type { S3Connection } from "../../../pipeline/transfer/connection.ts";
import { prefix } from "../fixtures/s3.ts";
import { uid } from "./objects.ts";

/** With its run directory on a real S3 server. */
export function trainingTarget(runDir: string, s3: S3Connection): TrainingTarget {
    return {
        kubernetes: { context: "nautilus", namespace: "physics" },
        jobName: "aframe-test",
        jobUid: uid,
        trainingDigest: "this training",
        runDir: prefix(runDir),
        s3,
    };
}

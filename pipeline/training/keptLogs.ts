// The logs that the pod's scripts keep below the run directory: `logs/<pod>/<container>.log`.
import type { Readable } from "node:stream";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { joinLocation } from "../../config/location.ts";
import type { S3Location } from "../../config/settings.ts";
import { clientFor } from "../transfer/client.ts";
import type { S3Connection } from "../transfer/connection.ts";
import { keyPrefix, listPages } from "../transfer/listing.ts";
import type { TransferOptions } from "../transfer/options.ts";
import { attempt } from "../transfer/retry.ts";

export interface KeptLog {
    readonly pod: string;
    readonly container: string;
    readonly modified: Date;
}

const folder = "logs";

/** The last written first. */
export async function listKeptLogs(
    s3: S3Connection | undefined,
    runDir: S3Location,
    options: TransferOptions = {},
): Promise<KeptLog[]> {
    const logs: KeptLog[] = [];
    for await (const page of listPages(clientFor(s3), joinLocation(runDir, folder), options)) {
        for (const { name, modified } of page) {
            const [, pod, container] = /^([^/]+)\/([^/]+)\.log$/.exec(name) ?? [];
            if (pod !== undefined && container !== undefined) {
                logs.push({ pod, container, modified });
            }
        }
    }
    return logs.sort((a, b) => b.modified.getTime() - a.modified.getTime());
}

export function keptLogUri(runDir: S3Location, { pod, container }: Pick<KeptLog, "pod" | "container">): string {
    return `${runDir.uri}/${folder}/${pod}/${container}.log`;
}

/** Throws when it is not there or breaks off. */
export async function openKeptLog(
    s3: S3Connection | undefined,
    runDir: S3Location,
    log: Pick<KeptLog, "pod" | "container">,
    options: TransferOptions = {},
): Promise<Readable> {
    const Key = `${keyPrefix(runDir)}${folder}/${log.pod}/${log.container}.log`;
    return attempt(`reading ${keptLogUri(runDir, log)}`, options, async () => {
        const { Body } = await clientFor(s3).send(new GetObjectCommand({ Bucket: runDir.bucket, Key }));
        return Body as Readable;
    });
}

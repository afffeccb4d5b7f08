// The last metrics of a training, as the pod copies Lightning's metrics.csv to S3.
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { joinLocation } from "../../config/location.ts";
import type { S3Location } from "../../config/settings.ts";
import { keyPrefix, listPages } from "../transfer/listing.ts";
import type { TransferOptions } from "../transfer/options.ts";
import { attempt } from "../transfer/retry.ts";

/** Name → value as it was written. */
export type Metrics = Readonly<Record<string, string>>;

const folder = "lightning_logs";

/** Names relative to the run directory; `since` leaves out what an earlier training has left there. */
export async function listMetrics(
    client: S3Client,
    runDir: S3Location,
    since: Date | undefined,
    options: TransferOptions = {},
): Promise<string[]> {
    const names: string[] = [];
    for await (const page of listPages(client, joinLocation(runDir, folder), options)) {
        const recent = page.filter(({ modified }) => since === undefined || modified >= since);
        names.push(...recent.map(({ name }) => `${folder}/${name}`));
    }
    return names;
}

/** A run that goes on from a checkpoint writes the next version; undefined when none of the names is of metrics. */
export function newestVersion(names: readonly string[]): string | undefined {
    return metricsVersions(names).at(-1);
}

/** Those of the names that are of metrics, oldest version first. */
export function metricsVersions(names: readonly string[]): string[] {
    const versions = names.flatMap((name) => {
        const version = /^lightning_logs\/version_(\d+)\/metrics\.csv$/.exec(name)?.[1];
        return version === undefined ? [] : [{ name, version: Number(version) }];
    });
    return versions.sort((a, b) => a.version - b.version).map(({ name }) => name);
}

export async function readMetrics(
    client: S3Client,
    runDir: S3Location,
    name: string,
    options: TransferOptions = {},
): Promise<Metrics | undefined> {
    return lastLine(await readMetricsFile(client, runDir, name, options));
}

/** The whole text. */
export async function readMetricsFile(
    client: S3Client,
    runDir: S3Location,
    name: string,
    options: TransferOptions = {},
): Promise<string> {
    const where = { Bucket: runDir.bucket, Key: keyPrefix(runDir) + name };
    const text = await attempt(`reading ${runDir.uri}/${name}`, options, async () =>
        (await client.send(new GetObjectCommand(where))).Body?.transformToString(),
    );
    return text ?? "";
}

/** The values of the last line by the names in the first; a line without an end was cut by the copy. Lightning leaves empty what a step does not have. */
export function lastLine(csv: string): Metrics | undefined {
    const [header = "", ...lines] = csv.split(/\r?\n/).slice(0, -1);
    const names = header.split(",");
    const values = lines.map((line) => line.split(",")).findLast(({ length }) => length === names.length);
    const pairs = values && names.map((name, index) => [name, values[index] ?? ""] as const);
    const filled = (pairs ?? []).filter(([name, value]) => name !== "" && value !== "");
    return filled.length === 0 ? undefined : Object.fromEntries(filled);
}

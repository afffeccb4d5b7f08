// Before a task starts, the artefacts it reads are here and are the ones the state speaks of.
import path from "node:path";
import pLimit, { type LimitFunction } from "p-limit";
import prettyBytes from "pretty-bytes";
import { clientFor } from "../transfer/client.ts";
import type { S3Connection } from "../transfer/connection.ts";
import { downloadArtefacts } from "../transfer/download.ts";
import { fetchManifest } from "../transfer/manifestObject.ts";
import { fileCount, type Say } from "./console.ts";
import { type Manifest, manifestDigest, totalBytes } from "./manifest.ts";
import { recordFile } from "./paths.ts";
import { progressBoard } from "./progressBoard.ts";
import { readRecord, verifyFiles, writeRecord } from "./records.ts";
import type { StageSource } from "./state.ts";

export interface SourceOptions {
    /** The stage that needs the data. */
    readonly stage: string;
    readonly directory: string;
    readonly s3?: S3Connection | undefined;
    readonly signal?: AbortSignal;
    readonly say: Say;
}

// Two stages that start together may need the same data.
const turns = new Map<string, LimitFunction>();

/** @param expected - digest of the manifest; without it the manifest at hand is believed */
export async function ensureSource(
    source: StageSource,
    expected: string | undefined,
    options: SourceOptions,
): Promise<void> {
    const id = `${source.stage}\0${source.root}`;
    const turn = turns.get(id) ?? pLimit(1);
    turns.set(id, turn);
    await turn(() => ensure(source, expected, options));
}

async function ensure(source: StageSource, expected: string | undefined, options: SourceOptions): Promise<void> {
    const file = recordFile(options.directory, source.stage);
    const record = await readRecord(file);
    const root = path.relative(options.directory, source.root);
    const right = record?.root === root && (expected === undefined || manifestDigest(record.manifest) === expected);
    const present = right ? await verifyFiles(source.root, record, options.signal) : undefined;
    if (present?.damaged.length === 0) {
        return;
    }
    const manifest = right ? record.manifest : await remoteManifest(source, expected, options);
    const known = present ?? (await verifyFiles(source.root, { manifest, mtimes: {} }, options.signal));
    const missing = manifest.artefacts.filter(({ name }) => known.damaged.includes(name));
    await download(source, missing, options);
    const { mtimes } = await verifyFiles(source.root, { manifest, mtimes: known.mtimes }, options.signal);
    await writeRecord(file, { ...(right ? record : { manifest, seconds: 0 }), root, mtimes });
}

async function remoteManifest(
    { stage, root, location }: StageSource,
    expected: string | undefined,
    { s3, signal }: SourceOptions,
): Promise<Manifest> {
    if (!location) {
        throw new Error(
            `what ${stage} made is not in ${root} any more; a refresh finds that, and the next up makes it`,
        );
    }
    const manifest = await fetchManifest(clientFor(s3), location, stage, signal && { signal });
    if (!manifest) {
        throw new Error(`${location.uri} has no manifest of ${stage}: its upload never finished, or it was deleted`);
    }
    if (expected !== undefined && manifestDigest(manifest) !== expected) {
        throw new Error(
            `${location.uri} holds other data of ${stage} than this stack made: ` +
                `the manifest of ${manifest.time} by ${manifest.experiment} does not have the digest ${expected}`,
        );
    }
    return manifest;
}

async function download(source: StageSource, missing: Manifest["artefacts"], options: SourceOptions): Promise<void> {
    if (missing.length === 0) {
        return;
    }
    const { location, stage, root } = source;
    if (!location) {
        const names = missing.map(({ name }) => name);
        const more = names.length > 1 ? ` and ${fileCount(names.length - 1)} more` : "";
        throw new Error(
            `what ${stage} made in ${root}: ${names[0] ?? ""}${more} is missing or was changed; ` +
                "a refresh finds that, and the next up makes it again",
        );
    }
    const bytes = totalBytes({ artefacts: missing });
    options.say(`fetching ${fileCount(missing.length)} of ${stage} (${prettyBytes(bytes)}) from ${location.uri}`);
    const meter = progressBoard.begin(options.stage, "fetched");
    meter.plan(bytes);
    try {
        await downloadArtefacts(clientFor(options.s3), location, root, missing, {
            ...meter.listeners,
            onRetry: options.say,
            ...(options.signal && { signal: options.signal }),
        });
    } finally {
        progressBoard.end(meter);
    }
}

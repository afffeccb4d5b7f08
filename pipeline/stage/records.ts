// Records: what a stage made, and whether it is still there.
import { mkdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import pMap, { pMapSkip } from "p-map";
import { replaceFile } from "../../files/replaceFile.ts";
import { sha256OfFile } from "./fileHash.ts";
import { type Fingerprint, freshFingerprintOf } from "./fingerprint.ts";
import { type Artefact, artefactPath, type Manifest, parseManifest, tool, totalBytes } from "./manifest.ts";
import { matchingFiles } from "./produced.ts";
import type { StageInputs } from "./state.ts";

export interface StageRecord {
    readonly manifest: Manifest;
    /** Where the artefacts are, relative to the experiment directory, which may be moved as a whole. */
    readonly root: string;
    /** What the artefacts were made with, so that a later run can say what has changed since. @default not known */
    readonly settings?: StageInputs["settings"];
    /** What the run took; 0 when its artefacts came from S3. */
    readonly seconds: number;
    /** Name → modification time in ms: while size and time are the same, a file need not be hashed again. */
    readonly mtimes: Readonly<Record<string, number>>;
}

/** @returns undefined when there is none, or none that can be read: the stage then counts as not done */
export async function readRecord(file: string): Promise<StageRecord | undefined> {
    try {
        const record = JSON.parse(await readFile(file, "utf8")) as StageRecord;
        parseManifest(JSON.stringify(record.manifest), file);
        return record;
    } catch {
        return undefined;
    }
}

export async function writeRecord(file: string, record: StageRecord): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await replaceFile(file, `${JSON.stringify(record, null, 1)}\n`);
}

export async function removeRecord(file: string): Promise<void> {
    await rm(file, { force: true });
}

export interface DescribeOptions {
    readonly signal?: AbortSignal;
    /** Called with the bytes that are to be read. */
    readonly onPlan?: (bytes: number) => void;
    readonly onBytes?: (bytes: number) => void;
    /** The SHA-256 of a file that need not be read, as it is in a state in which it was read before. */
    readonly hashOf?: ((fingerprint: Fingerprint) => string | undefined) | undefined;
}

/** Hashes what the stage's patterns match. */
export async function describe(
    inputs: Pick<StageInputs, "stage" | "experiment" | "directory" | "settings" | "inputs" | "root" | "produces">,
    settingsDigest: string,
    seconds: number,
    options: DescribeOptions = {},
): Promise<StageRecord> {
    const names = await matchingFiles(inputs.root, inputs.produces);
    const mtimes: Record<string, number> = {};
    const look = async (name: string) => {
        const file = artefactPath(inputs.root, name);
        const { mtimeMs, size } = await stat(file);
        mtimes[name] = mtimeMs;
        return { name, file, size, sha256: options.hashOf?.(await freshFingerprintOf(file)) };
    };
    const files = await pMap(names, look, { concurrency: 8 });
    options.onPlan?.(totalBytes({ artefacts: files.filter(({ sha256 }) => sha256 === undefined) }));
    const artefacts = await pMap(
        files,
        async ({ name, file, size, sha256 }) =>
            sha256 === undefined ? { name, ...(await sha256OfFile(file, options)) } : { name, size, sha256 },
        { concurrency: 2 },
    );
    const { stage, experiment } = inputs;
    const time = new Date().toISOString();
    return {
        manifest: { version: 1, stage, experiment, settingsDigest, inputs: inputs.inputs, tool, time, artefacts },
        root: path.relative(inputs.directory, inputs.root),
        settings: inputs.settings,
        seconds,
        mtimes,
    };
}

export interface Verification {
    /** Names of artefacts that are missing or have other contents. */
    readonly damaged: readonly string[];
    /** Those that are right, with the modification times just seen. */
    readonly mtimes: Readonly<Record<string, number>>;
}

/** Compares size and modification time, and hashes only where the time differs. */
export async function verifyFiles(
    root: string,
    record: Pick<StageRecord, "manifest" | "mtimes">,
    signal?: AbortSignal,
): Promise<Verification> {
    const mtimes: Record<string, number> = {};
    const isRight = async ({ name, size, sha256 }: Artefact): Promise<boolean> => {
        const file = artefactPath(root, name);
        const found = await stat(file).catch(() => undefined);
        if (!found?.isFile() || found.size !== size) {
            return false;
        }
        if (found.mtimeMs !== record.mtimes[name]) {
            const hashed = await sha256OfFile(file, signal && { signal });
            if (hashed.sha256 !== sha256) {
                return false;
            }
        }
        mtimes[name] = found.mtimeMs;
        return true;
    };
    const nameDamaged = async (artefact: Artefact) => ((await isRight(artefact)) ? pMapSkip : artefact.name);
    const damaged = await pMap(record.manifest.artefacts, nameDamaged, { concurrency: 4 });
    return { damaged, mtimes };
}

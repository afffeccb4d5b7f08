// What lies in a stage's root before it runs. law takes a file that exists for a finished one, so whatever is not
// known to be right has to go; but nothing is deleted that another program made.
import { access, mkdir, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { replaceFile } from "../../files/replaceFile.ts";
import { artefactPath } from "./manifest.ts";
import { attemptFile, recordFile } from "./paths.ts";
import { matchingEntries, matchingFiles } from "./produced.ts";
import { readRecord, removeRecord, type StageRecord, verifyFiles, writeRecord } from "./records.ts";
import type { StageInputs } from "./state.ts";

type Place = Pick<StageInputs, "stage" | "directory" | "root">;

/** Results made with other settings wait here until the new ones are complete. */
function previousFolder({ root, stage }: Place): string {
    return path.join(root, ".aframe", "previous", stage);
}

function previousRecord(place: Place): string {
    return path.join(previousFolder(place), ".record.json");
}

/** What was set aside for a run with other settings, if that has not come to its end. */
export function readPrevious(place: Place): Promise<StageRecord | undefined> {
    return readRecord(previousRecord(place));
}

async function exists(file: string): Promise<boolean> {
    return access(file).then(
        () => true,
        () => false,
    );
}

interface Attempt {
    /** ISO 8601. */
    readonly since: string;
    /** Name → [size, modification time in ms] of what law had made before this program came; never deleted here. */
    readonly adopted: Readonly<Record<string, readonly [number, number]>>;
}

async function readAttempt({ directory, stage }: Place): Promise<Attempt | undefined> {
    const text = await readFile(attemptFile(directory, stage), "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as Attempt);
}

/** Marks what lies in the root from now on as half-made, but for what is adopted. */
async function beginAttempt({ directory, stage }: Place, adopted: Attempt["adopted"] = {}): Promise<void> {
    const file = attemptFile(directory, stage);
    await mkdir(path.dirname(file), { recursive: true });
    const attempt: Attempt = { since: new Date().toISOString(), adopted };
    await replaceFile(file, `${JSON.stringify(attempt)}\n`);
}

async function fingerprint(file: string): Promise<readonly [number, number]> {
    const { size, mtimeMs } = await stat(file);
    return [size, mtimeMs];
}

/** Writes the record, which makes the stage done, and drops what only an unfinished attempt needs. */
export async function completeAttempt(place: Place, record: StageRecord): Promise<void> {
    await writeRecord(recordFile(place.directory, place.stage), record);
    await rm(attemptFile(place.directory, place.stage), { force: true });
}

/**
 * Leaves only what the next run may build on, and marks the attempt as begun.
 * @param current - the record whose settings and inputs are still the wanted ones
 * @param outdated - the record of results made with others
 */
export async function clearLeftovers(
    inputs: StageInputs,
    current?: StageRecord,
    outdated?: StageRecord,
): Promise<void> {
    const attempt = await readAttempt(inputs);
    const known = new Set((current ?? outdated)?.manifest.artefacts.map(({ name }) => name));
    const files = (await matchingFiles(inputs.root, inputs.produces)).filter((name) => !known.has(name));
    const scratch = await matchingEntries(inputs.root, inputs.scratch ?? []);
    const managed = attempt ?? current ?? outdated;
    // Files beside recorded ones are not ours; scratch beside them is.
    const foreign = attempt ? [] : managed ? files : [...files, ...scratch];
    if (foreign.length > 0 && !inputs.adoptExisting) {
        throw foreignError(inputs, foreign);
    }
    const adopted: Record<string, readonly [number, number]> = { ...attempt?.adopted };
    for (const name of foreign.filter((one) => files.includes(one))) {
        adopted[name] = await fingerprint(artefactPath(inputs.root, name));
    }
    await beginAttempt(inputs, adopted);
    if (outdated) {
        await setAside(inputs, outdated);
    }
    for (const name of files) {
        const file = artefactPath(inputs.root, name);
        if (!isDeepStrictEqual(adopted[name], await fingerprint(file))) {
            await rm(file);
        }
    }
    const damaged = current ? (await verifyFiles(inputs.root, current)).damaged : [];
    for (const name of [...damaged, ...(foreign.length > 0 ? [] : scratch)]) {
        await rm(path.join(inputs.root, name), { recursive: true, force: true });
    }
}

function foreignError({ stage, root }: StageInputs, names: readonly string[]): Error {
    const shown = names.slice(0, 3).join(", ") + (names.length > 3 ? `, … (${names.length} in all)` : "");
    return new Error(
        `${root} already holds files that ${stage} would make, but this program did not make them: ${shown}. ` +
            "Move them away, or set aframe:adoptExisting to true to take them over",
    );
}

/** Can be repeated: whatever was moved by a run that was killed meanwhile stays moved. */
async function setAside(place: Place, record: StageRecord): Promise<void> {
    const folder = previousFolder(place);
    const earlier = await readPrevious(place);
    if (earlier && earlier.manifest.time !== record.manifest.time) {
        await rm(folder, { recursive: true, force: true });
    }
    await writeRecord(previousRecord(place), record);
    await move(record, place.root, folder);
    await removeRecord(recordFile(place.directory, place.stage));
}

async function move(record: StageRecord, from: string, to: string): Promise<void> {
    for (const { name } of record.manifest.artefacts) {
        const source = artefactPath(from, name);
        const target = artefactPath(to, name);
        if (await exists(source)) {
            await mkdir(path.dirname(target), { recursive: true });
            await rename(source, target);
        }
    }
}

/** The results that were set aside, when they are what is wanted now: an edit that was taken back costs nothing. */
export async function restorePrevious(
    inputs: StageInputs,
    wanted: (record: StageRecord) => boolean,
): Promise<StageRecord | undefined> {
    const folder = previousFolder(inputs);
    const record = await readPrevious(inputs);
    if (!record || !wanted(record)) {
        return undefined;
    }
    const unfinished = await matchingFiles(inputs.root, inputs.produces);
    const { damaged } = await verifyFiles(folder, record);
    if (damaged.some((name) => !unfinished.includes(name))) {
        return undefined;
    }
    await beginAttempt(inputs);
    await move(record, folder, inputs.root);
    const names = new Set(record.manifest.artefacts.map(({ name }) => name));
    for (const name of unfinished.filter((other) => !names.has(other))) {
        await rm(artefactPath(inputs.root, name), { force: true });
    }
    const { damaged: lost } = await verifyFiles(inputs.root, record);
    if (lost.length > 0) {
        return undefined;
    }
    await completeAttempt(inputs, record);
    return record;
}

/** After new results are complete, the ones they replace are not needed. */
export async function dropPrevious(place: Place): Promise<void> {
    await rm(previousFolder(place), { recursive: true, force: true });
    await rmdir(path.dirname(previousFolder(place))).catch(() => undefined);
    await rmdir(path.join(place.root, ".aframe")).catch(() => undefined);
}

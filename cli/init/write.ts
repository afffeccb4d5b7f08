// Writes an experiment all or nothing: everything is made in a folder beside its place, then renamed into it.
import { cp, link, mkdir, mkdtemp, rename, rm, rmdir, stat, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "../errors.ts";
import { nearestExisting } from "./request.ts";

export interface ExperimentFiles {
    readonly directory: string;
    /** Name in the directory → text. */
    readonly texts: Readonly<Record<string, string>>;
    /** Names of those that can be run. */
    readonly executable: readonly string[];
    /** Copied to `training` in the directory. */
    readonly weights?: string;
    readonly stackFile: { readonly path: string; readonly text: string };
    /** Aborted by Ctrl-C; nothing is left behind then either. */
    readonly signal: AbortSignal;
}

/** What takes each step that was done back, newest first. */
type Undo = (() => Promise<void>)[];

/** Files that are in the way go to a backup folder in the directory, whose path is given back. */
export async function writeExperiment(files: ExperimentFiles): Promise<{ backup?: string }> {
    const undo: Undo = [];
    try {
        const place = await nearestExisting(files.directory);
        const staging = await mkdtemp(path.join(place, ".aframe-init-"));
        undo.push(() => rm(staging, { recursive: true, force: true }));
        const backup = path.join(files.directory, `backup-${new Date().toISOString().replaceAll(/[-:]/g, "")}`);
        if (place === files.directory) {
            await fill(staging, files);
            const used = await moveInto(files, staging, backup, undo);
            const usedForStack = await putStackFile(files, backup, undo);
            files.signal.throwIfAborted();
            await rmdir(staging);
            return used || usedForStack ? { backup } : {};
        }
        // The top folder that is missing appears at once with all that is below it.
        const [top = "", ...below] = path.relative(place, files.directory).split(path.sep);
        const inner = path.join(staging, top, ...below);
        await mkdir(inner, { recursive: true });
        await fill(inner, files);
        const kept = await putStackFile(files, path.join(inner, path.basename(backup)), undo);
        files.signal.throwIfAborted();
        await rename(path.join(staging, top), path.join(place, top));
        await rmdir(staging);
        return kept ? { backup } : {};
    } catch (error) {
        for (const step of undo.reverse()) await step();
        throw error;
    }
}

async function fill(folder: string, { texts, executable, weights, signal }: ExperimentFiles): Promise<void> {
    for (const [name, text] of Object.entries(texts)) {
        await writeFile(path.join(folder, name), text, { mode: executable.includes(name) ? 0o755 : 0o644 });
    }
    if (weights !== undefined) {
        await cp(weights, path.join(folder, "training"), {
            recursive: true,
            dereference: true,
            preserveTimestamps: true,
            filter: () => {
                signal.throwIfAborted();
                return true;
            },
        });
    }
}

async function moveInto(files: ExperimentFiles, staging: string, backup: string, undo: Undo): Promise<boolean> {
    const names = [...Object.keys(files.texts), ...(files.weights === undefined ? [] : ["training"])];
    let used = false;
    for (const name of names) {
        const target = path.join(files.directory, name);
        if (await stat(target).catch(() => undefined)) {
            await makeBackup(backup, undo);
            await rename(target, path.join(backup, name));
            undo.push(() => rename(path.join(backup, name), target));
            used = true;
        }
        await rename(path.join(staging, name), target);
        undo.push(() => rename(target, path.join(staging, name)));
    }
    return used;
}

/** Puts the stack file in place; a file that is there already is kept in the backup folder. */
async function putStackFile({ stackFile }: ExperimentFiles, backup: string, undo: Undo): Promise<boolean> {
    const fresh = `${stackFile.path}.new`;
    await mkdir(path.dirname(stackFile.path), { recursive: true });
    await writeFile(fresh, stackFile.text);
    undo.push(() => rm(fresh, { force: true }));
    if (await stat(stackFile.path).catch(() => undefined)) {
        const kept = path.join(backup, path.basename(stackFile.path));
        await makeBackup(backup, undo);
        await cp(stackFile.path, kept, { preserveTimestamps: true });
        await rename(fresh, stackFile.path);
        undo.push(() => cp(kept, stackFile.path, { preserveTimestamps: true }));
        return true;
    }
    // A link, unlike a rename, never replaces a file that another aframe-init has made meanwhile.
    await link(fresh, stackFile.path).catch(() => {
        throw new UsageError(`${stackFile.path} could not be made; is another aframe-init running?`);
    });
    undo.push(() => unlink(stackFile.path));
    await unlink(fresh);
    return false;
}

async function makeBackup(backup: string, undo: Undo): Promise<void> {
    const made = await mkdir(backup, { recursive: true });
    if (made !== undefined) undo.push(() => rm(backup, { recursive: true, force: true }));
}

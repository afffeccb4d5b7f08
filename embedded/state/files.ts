// Files that are never seen half-written: read, replaced and kept in one step each.
import { randomUUID } from "node:crypto";
import { copyFile, link, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

const isAbsence = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** The text of a file; undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
    try {
        return await readFile(path, "utf8");
    } catch (error) {
        if (isAbsence(error)) return undefined;
        throw error;
    }
}

/**
 * Puts new content in the place of a file. A crash leaves the old or the new content, never half of it; so does a disk
 * that is full, which is an error. A link stays a link, and permissions and owner stay as they were.
 * @param mode - the permissions of a file that is new
 */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o666): Promise<void> {
    const target = await realpath(path).catch(() => path);
    const before = await stat(target).catch(() => undefined);
    const passing = `${target}.${randomUUID()}.new`;
    const handle = await open(passing, "wx", mode);
    try {
        // Not a single write: that may take less than all, and say so only in what it returns.
        await handle.writeFile(content);
        if (before) {
            await handle.chmod(before.mode);
            // Only root may give files away, and only root finds those of others.
            await handle.chown(before.uid, before.gid).catch(() => undefined);
        }
        await handle.sync();
        await handle.close();
        await rename(passing, target);
    } catch (error) {
        await handle.close().catch(() => undefined);
        await rm(passing, { force: true });
        throw error;
    }
    await settle(dirname(target));
}

/** Keeps a file, if it is there, under a second name, which an earlier file has until the moment it is this one's. */
export async function keepAs(path: string, kept: string): Promise<void> {
    const passing = `${kept}.new`;
    await rm(passing, { force: true });
    try {
        // Nobody writes into these files, so no copy is needed where the file system knows second names.
        await link(path, passing).catch(() => copyFile(path, passing));
    } catch (error) {
        if (!isAbsence(error)) throw error;
        return;
    }
    await rename(passing, kept);
}

/** Makes the names in a folder last, as a file's own fsync does its contents, where the system has a way to do that. */
async function settle(directory: string): Promise<void> {
    const handle = await open(directory).catch(() => undefined);
    await handle?.sync().catch(() => undefined);
    await handle?.close();
}

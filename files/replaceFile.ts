// New content for a file in one step: who reads it sees the old or the new, whatever happens meanwhile.
import { randomUUID } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Puts new content in the place of a file. A crash leaves the old or the new content, never half of it; so does a disk
 * that is full, which is an error. A link stays a link, and the owner stays.
 * @param mode - the permissions that it may have at most; within them an earlier file's stay as they were
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
            await handle.chmod(before.mode & mode);
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

/** Makes the names in a folder last, as a file's own fsync does its contents, where the system has a way to do that. */
async function settle(directory: string): Promise<void> {
    const handle = await open(directory).catch(() => undefined);
    await handle?.sync().catch(() => undefined);
    await handle?.close();
}

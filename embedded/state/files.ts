// Files that may be missing, and files that are kept under a second name.
import { copyFile, link, readFile, rename, rm } from "node:fs/promises";

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

// Which files are still being written, as far as the kernel tells us of other processes.
import { readdir, readFile, stat } from "node:fs/promises";
import pLimit from "p-limit";

/**
 * Of the given inodes, as in `Fingerprint`, those that some process holds open, or mapped into its memory, for writing.
 * Compared by inode, since a container has other paths. Processes of other users cannot be looked into, and systems
 * without /proc tell nothing.
 */
export async function openForWriting(inodes: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const pids = (await entries("/proc")).filter((name) => /^\d+$/.test(name));
    const found = await pLimit(8).map(pids, async (pid) => [
        ...(await openIn(pid, inodes)),
        ...(await mappedIn(pid, inodes)),
    ]);
    return new Set(found.flat());
}

async function openIn(pid: string, inodes: ReadonlySet<string>): Promise<string[]> {
    const open: string[] = [];
    for (const fd of await entries(`/proc/${pid}/fd`)) {
        const inode = await inodeOf(`/proc/${pid}/fd/${fd}`);
        if (inodes.has(inode) && (await isWritable(`/proc/${pid}/fdinfo/${fd}`))) {
            open.push(inode);
        }
    }
    return open;
}

/** Writes to mapped memory need no open file, and may leave the modification time as it is. */
async function mappedIn(pid: string, inodes: ReadonlySet<string>): Promise<string[]> {
    const maps = await textOf(`/proc/${pid}/maps`);
    // Address, rights, offset, device, inode; some file systems have another device here than in a stat.
    const shared = [...maps.matchAll(/^\S+ .w.s \S+ \S+ (\d+)/gm)].map(([, inode]) => `:${inode ?? ""}`);
    return shared.length === 0 ? [] : [...inodes].filter((inode) => shared.some((end) => inode.endsWith(end)));
}

/** Processes and their files may end at any moment. */
async function entries(folder: string): Promise<string[]> {
    return readdir(folder).catch(() => []);
}

async function textOf(file: string): Promise<string> {
    return readFile(file, "utf8").catch(() => "");
}

async function inodeOf(file: string): Promise<string> {
    const found = await stat(file, { bigint: true }).catch(() => undefined);
    return found ? `${found.dev}:${found.ino}` : "";
}

async function isWritable(info: string): Promise<boolean> {
    const flags = /^flags:\s*([0-7]+)/m.exec(await textOf(info))?.[1] ?? "0";
    // The access mode is in the lowest two bits: 0 is for reading alone; see open(2).
    return (Number.parseInt(flags, 8) & 3) !== 0;
}

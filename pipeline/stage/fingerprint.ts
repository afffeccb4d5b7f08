// Tells whether a file is still the one that was looked at, without reading it.
import type { BigIntStats } from "node:fs";
import { open, stat } from "node:fs/promises";

export interface Fingerprint {
    readonly size: number;
    /** Device and inode. */
    readonly inode: string;
    /** Inode, size and modification time in ns: while this is the same, so are the contents. */
    readonly state: string;
}

/** @returns undefined when there is no such file */
export async function fingerprintOf(file: string): Promise<Fingerprint | undefined> {
    const found = await stat(file, { bigint: true }).catch(() => undefined);
    return found?.isFile() ? fingerprint(found) : undefined;
}

/** As its server has it: only when a file is opened does a network file system ask about changes by other machines. */
export async function freshFingerprintOf(file: string): Promise<Fingerprint> {
    await using handle = await open(file);
    return fingerprint(await handle.stat({ bigint: true }));
}

function fingerprint({ dev, ino, size, mtimeNs }: BigIntStats): Fingerprint {
    const inode = `${dev}:${ino}`;
    return { size: Number(size), inode, state: `${inode}:${size}:${mtimeNs}` };
}

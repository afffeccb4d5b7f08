// The last run of a stage as its log tells it: when it began, how it failed, its last lines.
import { open } from "node:fs/promises";

export interface LastRun {
    readonly began?: string;
    /** What ended it, when it did not end well. */
    readonly failure?: string;
    readonly tail: readonly string[];
}

/** A run that wrote more than this is told by its end alone. */
const readBytes = 256 * 1024;
const shownLines = 20;

/** Empty when there is no log. */
export async function readLastRun(file: string): Promise<LastRun> {
    const lines = (await readEnd(file)).split("\n").filter((line) => line !== "");
    const head = lines.findLastIndex((line) => line.startsWith("=== "));
    const began = /^=== (\S+Z) /.exec(lines[head] ?? "")?.[1];
    const own = lines.slice(head + 1);
    const end = own.findLast((line) => line.startsWith("--- "));
    return {
        ...(began !== undefined && { began }),
        ...(end !== undefined && { failure: end.slice(4) }),
        tail: own.filter((line) => line !== end).slice(-shownLines),
    };
}

async function readEnd(file: string): Promise<string> {
    const handle = await open(file).catch(() => undefined);
    if (handle === undefined) return "";
    try {
        const { size } = await handle.stat();
        const length = Math.min(size, readBytes);
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
        return buffer.toString("utf8", 0, bytesRead);
    } finally {
        await handle.close();
    }
}

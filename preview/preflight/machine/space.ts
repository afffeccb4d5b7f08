// How much room a disk has, and whether that is enough.
import prettyBytes from "pretty-bytes";
import type { Finding } from "../check.ts";
import type { Demand } from "./demand.ts";

/** A file system, as this user may use it. */
export interface Space {
    /** A folder on it, for messages. */
    readonly folder: string;
    readonly freeBytes: number;
    /** Files that may still be made. @default no limit */
    readonly freeFiles?: number;
}

/** So that the disk is not full to the brim, and for what nobody has counted. */
const comfortable = 1.2;

/** A disk with so few left is about to be full. */
const scarceFiles = 1000;

const suggestion = "make room, or choose directories on another disk";

export function judgeSpace(space: Space, demand: Demand): Finding[] {
    return [...judgeBytes(space, demand), ...judgeFiles(space)];
}

function judgeBytes({ folder, freeBytes }: Space, { what, leastBytes, mostBytes }: Demand): Finding[] {
    if (freeBytes >= mostBytes * comfortable) {
        return [];
    }
    const isShort = freeBytes < leastBytes;
    const isEvenLess = isShort && leastBytes < mostBytes;
    const needed = isEvenLess ? `at least ${prettyBytes(leastBytes)}` : `about ${prettyBytes(mostBytes)}`;
    const message = `the disk of ${folder} has ${prettyBytes(freeBytes)} free, and ${what} will take ${needed}`;
    return [{ level: isShort ? "error" : "warning", problem: { message, suggestion } }];
}

function judgeFiles({ folder, freeFiles }: Space): Finding[] {
    if (freeFiles === undefined || freeFiles >= scarceFiles) {
        return [];
    }
    const room = freeFiles === 0 ? "no more files" : `only ${freeFiles} more files`;
    const message = `the disk of ${folder} has room for ${room}, as its inodes are used up`;
    return [{ level: freeFiles === 0 ? "error" : "warning", problem: { message, suggestion } }];
}

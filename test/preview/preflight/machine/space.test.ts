import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeProblem } from "../../../../config/errors.ts";
import { judgeSpace } from "../../../../preview/preflight/machine/space.ts";

const giga = 1e9;
const advice = "(make room, or choose directories on another disk)";

describe("judgeSpace", () => {
    const rows: readonly (readonly [string, number, readonly [number, number], number | undefined, string[]])[] = [
        ["ample room", 121, [100, 100], 5000, []],
        ["a file system that counts no files", 121, [100, 100], undefined, []],
        ["nothing to be made on a full disk", 0, [0, 0], 5000, []],
        [
            "just enough",
            119,
            [100, 100],
            5000,
            [`warning: the disk of /data has 119 GB free, and the data will take about 100 GB ${advice}`],
        ],
        [
            "too little",
            99,
            [100, 100],
            5000,
            [`error: the disk of /data has 99 GB free, and the data will take about 100 GB ${advice}`],
        ],
        [
            "perhaps too little",
            60,
            [50, 100],
            5000,
            [`warning: the disk of /data has 60 GB free, and the data will take about 100 GB ${advice}`],
        ],
        [
            "too little for the least",
            49,
            [50, 100],
            5000,
            [`error: the disk of /data has 49 GB free, and the data will take at least 50 GB ${advice}`],
        ],
        [
            "few files left",
            500,
            [1, 1],
            999,
            [`warning: the disk of /data has room for only 999 more files, as its inodes are used up ${advice}`],
        ],
        [
            "no files left",
            500,
            [1, 1],
            0,
            [`error: the disk of /data has room for no more files, as its inodes are used up ${advice}`],
        ],
    ];
    for (const [what, free, [least, most], freeFiles, expected] of rows) {
        it(`judges ${what}`, () => {
            const space = { folder: "/data", freeBytes: free * giga, ...(freeFiles !== undefined && { freeFiles }) };
            const demand = { what: "the data", leastBytes: least * giga, mostBytes: most * giga };
            const told = judgeSpace(space, demand).map(({ level, problem }) => `${level}: ${describeProblem(problem)}`);
            assert.deepEqual(told, expected);
        });
    }
});

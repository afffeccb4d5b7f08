// What differs between two texts, line by line: the longest common subsequence, found the plain way.
// Made for configuration files; a few hundred lines take milliseconds.

export interface DiffLine {
    readonly kind: "add" | "delete" | "same";
    readonly text: string;
}

export function diffLines(before: string, after: string): DiffLine[] {
    const a = splitLines(before);
    const b = splitLines(after);
    const common = commonLengths(a, b);
    const lines: DiffLine[] = [];
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
        const left = a[i];
        const right = b[j];
        if (left !== undefined && left === right) {
            lines.push({ kind: "same", text: left });
            i++;
            j++;
        } else if (left !== undefined && (right === undefined || at(common, i + 1, j) >= at(common, i, j + 1))) {
            lines.push({ kind: "delete", text: left });
            i++;
        } else if (right !== undefined) {
            lines.push({ kind: "add", text: right });
            j++;
        }
    }
    return lines;
}

/** `common[i][j]` is how many lines `a` from i and `b` from j have in common, in order. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
    const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
    for (let i = a.length - 1; i >= 0; i--) {
        const row = common[i] ?? [];
        for (let j = b.length - 1; j >= 0; j--) {
            row[j] =
                a[i] === b[j] ? at(common, i + 1, j + 1) + 1 : Math.max(at(common, i + 1, j), at(common, i, j + 1));
        }
    }
    return common;
}

function at(table: readonly number[][], i: number, j: number): number {
    return table[i]?.[j] ?? 0;
}

function splitLines(text: string): string[] {
    return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

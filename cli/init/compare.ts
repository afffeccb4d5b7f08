// How an existing experiment differs from what aframe-init would write, file by file.
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { type DiffLine, diffLines } from "../lineDiff.ts";

export interface FileComparison {
    readonly name: string;
    readonly state: "missing" | "same" | "differs";
    /** For a person: how many lines are only in the one and only in the other. */
    readonly remark: string;
}

export async function compareFiles(
    wanted: readonly { readonly name: string; readonly path: string; readonly text: string }[],
): Promise<FileComparison[]> {
    return Promise.all(
        wanted.map(async ({ name, path: file, text }): Promise<FileComparison> => {
            const existing = await readFile(file, "utf8").catch(() => undefined);
            if (existing === undefined) return { name, state: "missing", remark: "missing" };
            if (existing === text) return { name, state: "same", remark: "same" };
            const lines = diffLines(existing, text);
            const count = (kind: DiffLine["kind"]) => {
                const { length } = lines.filter((line) => line.kind === kind);
                return length === 1 ? "1 line" : `${length} lines`;
            };
            const remark = `differs: ${count("delete")} only there, ${count("add")} only in a new one`;
            return { name, state: "differs", remark };
        }),
    );
}

export async function isPresent(directory: string, name: string): Promise<boolean> {
    return (await stat(path.join(directory, name)).catch(() => undefined)) !== undefined;
}

// The files in a stage's root that its patterns match.
import { glob, stat } from "node:fs/promises";
import path from "node:path";
import { partialSuffix } from "../transfer/partial.ts";

/** Names relative to the root, sorted; nothing of ours and no folders. */
export async function matchingFiles(root: string, patterns: readonly string[]): Promise<string[]> {
    const names = new Set<string>();
    for await (const match of glob([...patterns], { cwd: root })) {
        const name = match.split(path.sep).join("/");
        if (name.split("/").includes(".aframe") || name.endsWith(partialSuffix)) {
            continue;
        }
        const found = await stat(path.join(root, match)).catch(() => undefined);
        if (found?.isFile()) {
            names.add(name);
        }
    }
    return [...names].sort();
}

/** Files and folders, for patterns of scratch that a task leaves behind. */
export async function matchingEntries(root: string, patterns: readonly string[]): Promise<string[]> {
    const names: string[] = [];
    for await (const match of glob([...patterns], { cwd: root })) {
        names.push(match);
    }
    return names.sort();
}

/** The patterns that match no file. */
export async function unmatched(root: string, patterns: readonly string[]): Promise<string[]> {
    const empty: string[] = [];
    for (const pattern of patterns) {
        if ((await matchingFiles(root, [pattern])).length === 0) {
            empty.push(pattern);
        }
    }
    return empty;
}

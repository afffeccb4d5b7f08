// Private keys as ssh reads them: editors and copies across systems leave them in forms that it refuses.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/** Without byte-order mark and blanks at the ends of lines, each line and the last one ended by \n alone. */
export function mendKey(text: string): string {
    const lines = text.replace(/^\uFEFF/, "").split("\n");
    return `${lines
        .map((line) => line.trimEnd())
        .join("\n")
        .trim()}\n`;
}

/** `file` itself where ssh can read it, else a mended copy in `directory`, which nobody else may enter. */
export async function readableKeyFile(file: string, directory: string): Promise<string> {
    // One that cannot be read is for ssh to complain of.
    const text = await readFile(file, "utf8").catch(() => "");
    if (text === "" || mendKey(text) === text) {
        return file;
    }
    const copy = path.join(directory, "key");
    await writeFile(copy, mendKey(text), { mode: 0o600 });
    return copy;
}

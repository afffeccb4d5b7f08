// What a folder holds, to show that something left it as it was.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Every file and folder below, with time of change and contents. */
export function snapshot(folder: string): Map<string, string> {
    const names = readdirSync(folder, { encoding: "utf8", recursive: true }).sort();
    return new Map(
        names.map((name) => {
            const file = path.join(folder, name);
            const stat = lstatSync(file);
            const contents = stat.isFile() ? createHash("sha256").update(readFileSync(file)).digest("hex") : "";
            return [name, `${stat.mtimeMs} ${stat.mode.toString(8)} ${contents}`];
        }),
    );
}

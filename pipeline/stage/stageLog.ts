// The full output of a stage's runs, one after the other, in the experiment's logs folder.
import { createWriteStream } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";

/** From this size on, a log is put away as `<name>.1.log` before the next run is added. */
const rotateBytes = 16 * 1024 ** 2;
const tailLines = 20;

export interface StageLog {
    readonly file: string;
    readonly add: (line: string) => void;
    /** The last lines of this run. */
    readonly tail: () => readonly string[];
    readonly close: () => Promise<void>;
}

export async function openLog(file: string, header: string): Promise<StageLog> {
    await mkdir(path.dirname(file), { recursive: true });
    const size = await stat(file).then(
        (found) => found.size,
        () => 0,
    );
    if (size >= rotateBytes) {
        await rename(file, file.replace(/\.log$/, ".1.log"));
    }
    const stream = createWriteStream(file, { flags: "a" });
    stream.write(`${size > 0 ? "\n" : ""}=== ${new Date().toISOString()} ${header}\n`);
    const last: string[] = [];
    return {
        file,
        add: (line) => {
            stream.write(`${line}\n`);
            last.push(line);
            if (last.length > tailLines) {
                last.shift();
            }
        },
        tail: () => last,
        close: async () => {
            stream.end();
            await finished(stream);
        },
    };
}

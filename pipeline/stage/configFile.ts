// Life cycle of the resolved cfg; runs in the dynamic-provider process.
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "../../files/replaceFile.ts";

export interface ConfigFile {
    readonly path: string;
    readonly text: string;
}

export function check(news: ConfigFile) {
    return { inputs: news };
}

export function diff(olds: ConfigFile, news: ConfigFile) {
    return { changes: olds.path !== news.path || olds.text !== news.text };
}

async function write({ path: file, text }: ConfigFile): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    // The cfg holds no credentials, but other users of the machine need not read it either.
    await replaceFile(file, text, 0o600);
}

export async function create(inputs: ConfigFile) {
    await write(inputs);
    return { id: inputs.path, outs: { path: inputs.path, text: inputs.text } };
}

export async function update(olds: ConfigFile, news: ConfigFile) {
    await write(news);
    if (olds.path !== news.path) {
        await rm(olds.path, { force: true });
    }
    return { outs: { path: news.path, text: news.text } };
}

/** Reports the text that is there, so that a file edited or deleted by hand is written again by the next update. */
export async function read(id: string, props: ConfigFile) {
    const text = await readFile(props.path, "utf8").catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return "";
        }
        throw error;
    });
    return { id, props: { path: props.path, text } };
}

export async function remove(props: ConfigFile): Promise<void> {
    await rm(props.path, { force: true });
}

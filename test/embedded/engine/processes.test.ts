// How the engine starts and ends its child processes.
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it, type TestContext } from "node:test";
import { Child, nodeCommand } from "../../../embedded/engine/processes.ts";

async function folderFor(t: TestContext): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), "processes-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    return folder;
}

/** Starts a process that says when it has been loaded, and goes on. */
async function startLoaded(folder: string, command: readonly string[]): Promise<Child> {
    const loaded = Promise.withResolvers<undefined>();
    const child = new Child({
        command,
        directory: folder,
        environment: { NODE_COMPILE_CACHE: path.join(folder, "cache") },
        onOutput: () => {
            loaded.resolve(undefined);
        },
        onErrorOutput: () => undefined,
    });
    await Promise.race([loaded.promise, child.exited]);
    return child;
}

async function programIn(folder: string): Promise<string[]> {
    const module = path.join(folder, "module.ts");
    await writeFile(module, 'export const line: string = "loaded"; console.log(line); setInterval(() => 0, 1000);');
    return nodeCommand(module);
}

const plugin = path.join(import.meta.dirname, "../../../embedded/providers/aws/main.ts");

describe("a child process of the engine that is told to end", () => {
    const kinds = {
        "the program": programIn,
        "a provider's plugin": () => [process.execPath, plugin],
    };
    for (const [kind, commandIn] of Object.entries(kinds)) {
        it(`ends by the signal, and leaves what was compiled for the next one: ${kind}`, async (t) => {
            const folder = await folderFor(t);
            const child = await startLoaded(folder, await commandIn(folder));
            await child.stop();
            assert.deepEqual(await child.exited, { code: null, signal: "SIGTERM" });
            const kept = await readdir(path.join(folder, "cache"), { recursive: true, withFileTypes: true });
            assert.ok(kept.some((entry) => entry.isFile()));
        });
    }
});

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

describe("a Node process of the engine", () => {
    it("does not let short-lived objects take more than 32 MB", async (t) => {
        const module = path.join(await folderFor(t), "churn.mjs");
        await writeFile(
            module,
            `import v8 from "node:v8";
            let live = [];
            for (let round = 0; round < 60; round++) live = Array.from({ length: 100_000 }, (_, number) => ({ number }));
            const young = v8.getHeapSpaceStatistics().find((space) => space.space_name === "new_space");
            console.log(live.length > 0 && young.space_size / 2 ** 20);`,
        );
        const lines: string[] = [];
        const child = new Child({
            command: nodeCommand(module),
            directory: path.dirname(module),
            environment: {},
            onOutput: (line) => lines.push(line),
            onErrorOutput: (line) => lines.push(line),
        });
        assert.deepEqual(await child.exited, { code: 0, signal: null });
        assert.equal(lines.length, 1);
        assert.ok(Number(lines[0]) <= 32, `${lines[0]} MB`);
    });
});

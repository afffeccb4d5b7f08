// The file backend when its process is killed while it writes: whatever is there afterwards can be read.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FileBackend } from "../../../embedded/state/backend.ts";

const kills = 8;

const writer = (folder: string): string => `
import { FileBackend } from ${JSON.stringify(path.join(import.meta.dirname, "../../../embedded/state/backend.ts"))};
const backend = new FileBackend(${JSON.stringify(folder)}, "p", "s");
const update = { kind: "update", startTime: 1, endTime: 2, result: "succeeded", resourceChanges: {} };
console.log("begun");
for (let count = 0; ; count++) {
    await backend.write(JSON.stringify({ count, filling: "x".repeat(500_000) }));
    await backend.record(update);
}
`;

/** Every file of the backend that a reader would open. */
async function readableFiles(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
        .filter((entry) => entry.isFile() && /\.json(\.bak)?$/.test(entry.name))
        .map((entry) => path.join(entry.parentPath, entry.name));
}

describe("a backend that is killed while it writes", () => {
    test("leaves a whole state, the whole one before it, and a history that tells only of states it has", async (t) => {
        const folder = await mkdtemp(path.join(tmpdir(), "backend-"));
        t.after(() => rm(folder, { recursive: true, force: true }));
        const script = path.join(folder, "write.ts");
        await writeFile(script, writer(folder));
        for (let kill = 0; kill < kills; kill++) {
            const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
            const ended = once(child, "exit");
            await once(child.stdout, "data");
            await sleep(Math.random() * 60);
            child.kill("SIGKILL");
            await ended;
            const files = await readableFiles(path.join(folder, ".pulumi"));
            for (const file of files) {
                const text = await readFile(file, "utf8");
                assert.doesNotThrow(() => void JSON.parse(text), `${file} cannot be read after kill ${kill}`);
            }
            for (const entry of files.filter((file) => file.endsWith(".history.json"))) {
                assert.ok(files.includes(entry.replace(".history.", ".checkpoint.")), `${entry} has no state`);
            }
            await rm(path.join(folder, ".pulumi/history"), { recursive: true, force: true });
        }
        const backend = new FileBackend(folder, "p", "s");
        await backend.write("{}");
        await backend.write("[]");
        assert.deepEqual([await backend.read(), await readFile(`${backend.stateFile}.bak`, "utf8")], ["[]", "{}"]);
    });
});

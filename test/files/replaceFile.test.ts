// Files that get new content in one step.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, type TestContext, test } from "node:test";
import { replaceFile } from "../../files/replaceFile.ts";

async function folderFor(t: TestContext): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), "replace-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    return folder;
}

const replacing = (content: string): string => `
import { replaceFile } from ${JSON.stringify(path.join(import.meta.dirname, "../../files/replaceFile.ts"))};
await replaceFile(process.argv[1], ${content});
`;

/** In a process whose files may have 32 kB: past that, as on a disk that is full, a write takes only what has room. */
function runWithLittleRoom(script: string, file: string) {
    const limited = ["-c", `trap "" XFSZ; ulimit -f 64; exec "$@"`, "sh", process.execPath];
    return spawnSync("sh", [...limited, "--input-type=module-typescript", "--eval", script, file], {
        encoding: "utf8",
    });
}

describe("a file whose content is replaced", () => {
    test("stays as it was when there is no room for all of the new one, which is an error", async (t) => {
        const folder = await folderFor(t);
        const file = path.join(folder, "state.json");
        await writeFile(file, "whole");
        for (const content of ['"x".repeat(100_000)', "Buffer.alloc(100_000, 120)"]) {
            const { status, stderr } = runWithLittleRoom(replacing(content), file);
            assert.notEqual(status, 0);
            assert.match(stderr, /EFBIG/);
            assert.equal(await readFile(file, "utf8"), "whole");
        }
        assert.deepEqual(await readdir(folder), ["state.json"]);
    });

    test("keeps its permissions, and stays a link where it is one", async (t) => {
        const folder = await folderFor(t);
        const [file, link] = [path.join(folder, "file"), path.join(folder, "link")];
        await writeFile(file, "old");
        await chmod(file, 0o640);
        await symlink("file", link);
        await replaceFile(link, "new");
        assert.equal(await readlink(link), "file");
        assert.equal(await readFile(file, "utf8"), "new");
        assert.equal((await stat(file)).mode & 0o777, 0o640);
    });

    test("has no more than the given permissions, be it new or not", async (t) => {
        const file = path.join(await folderFor(t), "file");
        await replaceFile(file, "new", 0o600);
        assert.equal((await stat(file)).mode & 0o777, 0o600);
        await chmod(file, 0o644);
        await replaceFile(file, "newer", 0o600);
        assert.equal((await stat(file)).mode & 0o777, 0o600);
    });
});

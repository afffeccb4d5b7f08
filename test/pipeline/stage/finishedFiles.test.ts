// When a file of a running task counts as finished.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Fingerprint, fingerprintOf } from "../../../pipeline/stage/fingerprint.ts";
import { FinishedFiles } from "../../../pipeline/stage/finishedFiles.ts";
import { openForWriting } from "../../../pipeline/stage/openFiles.ts";
import { SteadyFiles } from "../../../pipeline/stage/steadyFiles.ts";
import { scratchFolder } from "../fixtures/artefacts.ts";

const python = fileURLToPath(import.meta.resolve("../../../.venv/bin/python"));

/** Files by name, each in the state that is given. */
function files(states: Readonly<Record<string, string>>): Map<string, Fingerprint> {
    return new Map(Object.entries(states).map(([name, state]) => [name, { size: 1, inode: name, state }]));
}

test("a file is steady when it has been the same for the whole time, and not before", () => {
    const steady = new SteadyFiles(100);
    assert.deepEqual(steady.look(files({ a: "1" }), 0), []);
    assert.deepEqual(steady.look(files({ a: "1", b: "1" }), 50), []);
    assert.deepEqual(steady.look(files({ a: "1", b: "1" }), 100), ["a"]);
    assert.deepEqual(steady.look(files({ a: "2", b: "1" }), 150), ["b"]);
    assert.deepEqual(steady.look(files({ a: "2" }), 249), []);
    assert.deepEqual(steady.look(files({ a: "2", b: "1" }), 250), ["a"]);
    assert.deepEqual(steady.look(files({ b: "1" }), 349), []);
});

test("a file that was wrongly taken for finished has to hold still for twice as long, each time", () => {
    const steady = new SteadyFiles(100);
    steady.look(files({ a: "1" }), 0);
    steady.doubt("a");
    assert.deepEqual(steady.look(files({ a: "1" }), 199), []);
    assert.deepEqual(steady.look(files({ a: "1" }), 200), ["a"]);
    steady.doubt("a");
    assert.deepEqual(steady.look(files({ a: "1" }), 399), []);
    assert.deepEqual(steady.look(files({ a: "1" }), 400), ["a"]);
});

test("a file is another one when its size, its time or its inode is", async (t) => {
    const folder = await scratchFolder(t);
    const file = path.join(folder, "a");
    await writeFile(file, "abc");
    const state = async () => (await fingerprintOf(file))?.state;
    const seen = [await state()];
    const { atime, mtime } = await stat(file);
    await writeFile(file, "abcd");
    await utimes(file, atime, mtime);
    seen.push(await state());
    await utimes(file, atime, new Date(mtime.getTime() + 1));
    seen.push(await state());
    const held = await open(file);
    await rm(file);
    await writeFile(file, "abcd");
    await utimes(file, atime, new Date(mtime.getTime() + 1));
    seen.push(await state());
    await held.close();
    assert.equal(new Set(seen).size, 4);
    assert.equal(await fingerprintOf(folder), undefined);
});

/** Of some files, those that a process has for writing once it has said that it is ready. */
async function openOf(t: TestContext, names: readonly string[], command: readonly string[]): Promise<string[]> {
    const folder = await scratchFolder(t);
    const inodes = new Map<string, string>();
    for (const name of names) {
        await writeFile(path.join(folder, name), "x".repeat(4096));
        inodes.set((await fingerprintOf(path.join(folder, name)))?.inode ?? "", name);
    }
    const [file = "", ...args] = command;
    const child = spawn(file, args, { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    t.after(() => child.kill("SIGKILL"));
    await once(child.stdout, "data");
    const found = await openForWriting(new Set(inodes.keys()));
    return [...found].map((inode) => inodes.get(inode) ?? "").sort();
}

test("a file that another process has open for writing is told from one that is open for reading", async (t) => {
    const script = "exec 3>>appended 4<>written 5<read; echo ready; read -r _";
    const found = await openOf(t, ["appended", "closed", "read", "written"], ["sh", "-c", script]);
    assert.deepEqual(found, ["appended", "written"]);
});

test("a file that is closed but mapped into memory for writing counts as open, one mapped for itself does not", async (t) => {
    const script = [
        "import ctypes, mmap, sys",
        "libc = ctypes.CDLL(None, use_errno=True)",
        "libc.mmap.restype = ctypes.c_void_p",
        "for name, flags in (('shared', mmap.MAP_SHARED), ('private', mmap.MAP_PRIVATE)):",
        "    with open(name, 'r+b') as file:",
        "        at = libc.mmap(None, ctypes.c_size_t(4096), 3, flags, file.fileno(), ctypes.c_long(0))",
        "        assert at != ctypes.c_void_p(-1).value",
        "print('ready', flush=True)",
        "sys.stdin.read()",
    ].join("\n");
    assert.deepEqual(await openOf(t, ["private", "shared"], [python, "-c", script]), ["shared"]);
});

test("a finished file is handed out once for each state it is in", async (t) => {
    const root = await scratchFolder(t);
    await mkdir(path.join(root, "background"));
    const file = path.join(root, "background", "a.hdf5");
    await writeFile(file, "1");
    await writeFile(path.join(root, "other.txt"), "1");
    const finished = new FinishedFiles(root, ["background/*.hdf5"], 0);
    /** The first look at a state only takes it in. */
    const take = async () => [...(await finished.take()), ...(await finished.take())];
    const [first, ...others] = await take();
    assert.ok(first);
    assert.deepEqual([first.name, others], ["background/a.hdf5", []]);
    await writeFile(file, "22");
    assert.deepEqual(await take(), [], "while something is done with the file");
    finished.settle(first);
    const [second] = await take();
    assert.equal(second?.size, 2);
    finished.giveBack("background/a.hdf5", false);
    assert.deepEqual(await take(), [second]);
    finished.settle(second);
    assert.deepEqual(await take(), []);
});

// Inheritance between cfg files.
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCfg } from "../../config/cfg.ts";
import { ConfigError } from "../../config/errors.ts";

type Files = Readonly<Record<string, string>>;

function load(files: Files, environment: Readonly<Record<string, string>> = {}) {
    return loadCfg("/run/sandbox.cfg", { HOME: "/home/somebody", ...environment }, (path) => {
        const text = files[path];
        return text === undefined ? undefined : Buffer.from(text);
    });
}

function valuesOf(files: Files, environment: Readonly<Record<string, string>> = {}): Record<string, string> {
    const { sections, problems } = load(files, environment);
    assert.deepEqual(problems, []);
    return Object.fromEntries([...(sections.get("s") ?? [])].map(([key, { text }]) => [key, text]));
}

function problemsOf(files: Files): string[] {
    return new ConfigError(load(files).problems).message.split("\n");
}

const child = (inherit: string, rest = "") => `[core]\ninherit = ${inherit}\n[s]\n${rest}\n`;

test("a child overrides what it inherits, key by key", () => {
    const files = { "/run/sandbox.cfg": child("base.cfg", "b = 3"), "/run/base.cfg": "[s]\na = 1\nb = 2" };
    assert.deepEqual(valuesOf(files), { a: "1", b: "3" });
});

test("files are found relative to the file that names them, and inheritance goes on in them", () => {
    const files = {
        "/run/sandbox.cfg": child("../shared/base.cfg"),
        "/shared/base.cfg": child("deep/core.cfg", "b = 2"),
        "/shared/deep/core.cfg": "[s]\na = 1\nb = 1",
    };
    assert.deepEqual(valuesOf(files), { a: "1", b: "2" });
});

test("later files of the list beat earlier ones, braces make lists, and empty parts are skipped", () => {
    const files = {
        "/run/sandbox.cfg": child("{one,two}.cfg, , three.cfg"),
        "/run/one.cfg": "[s]\na = 1\nb = 1\nc = 1",
        "/run/two.cfg": "[s]\nb = 2\nc = 2",
        "/run/three.cfg": "[s]\nc = 3",
    };
    assert.deepEqual(valuesOf(files), { a: "1", b: "2", c: "3" });
});

test("names are expanded from the given environment and home folder", () => {
    const files = {
        "/run/sandbox.cfg": child("$AFRAME_REPO/base.cfg, ~/own.cfg"),
        "/repo/base.cfg": "[s]\na = 1",
        "/home/somebody/own.cfg": "[s]\nb = 2",
    };
    assert.deepEqual(valuesOf(files, { AFRAME_REPO: "/repo" }), { a: "1", b: "2" });
});

test("a list may be a reference to another value of the same file", () => {
    const files = { "/run/sandbox.cfg": child("&::s::base", "base = base.cfg"), "/run/base.cfg": "[s]\na = 1" };
    assert.deepEqual(valuesOf(files), { base: "base.cfg", a: "1" });
});

test("extend is read after the file and beats it", () => {
    const files = { "/run/sandbox.cfg": "[core]\nextend = more.cfg\n[s]\na = 1\nb = 1", "/run/more.cfg": "[s]\nb = 2" };
    assert.deepEqual(valuesOf(files), { a: "1", b: "2" });
});

test("an empty list and None inherit nothing", () => {
    assert.deepEqual(valuesOf({ "/run/sandbox.cfg": child("", "a = 1") }), { a: "1" });
    assert.deepEqual(valuesOf({ "/run/sandbox.cfg": child("None", "a = 1") }), { a: "1" });
});

test("a file that is named by two parents is read once, and a wide pyramid of parents takes no time", () => {
    const levels = 40;
    const pyramid = Array.from({ length: levels }, (_, level) => [
        `/run/${level}.cfg`,
        level === 0 ? "[s]\na = 1" : child(`${level - 1}.cfg, ${level - 1}.cfg`),
    ]);
    const files = { "/run/sandbox.cfg": child(`${levels - 1}.cfg`), ...(Object.fromEntries(pyramid) as Files) };
    assert.deepEqual(valuesOf(files), { a: "1" });
});

test("values know the file they come from: short in the experiment directory, in full elsewhere", () => {
    const files = {
        "/run/sandbox.cfg": child("base.cfg, /shared/more.cfg"),
        "/run/base.cfg": "[s]\na = 1",
        "/shared/more.cfg": "\n[s]\nb = 2",
    };
    const entries = load(files).sections.get("s");
    assert.deepEqual(entries?.get("a")?.origin, { kind: "file", file: "base.cfg", line: 2 });
    assert.deepEqual(entries.get("b")?.origin, { kind: "file", file: "/shared/more.cfg", line: 3 });
});

test("a missing file is named with the line that asks for it", () => {
    assert.deepEqual(problemsOf({}), ["/run/sandbox.cfg: there is no such file (aframe-init makes it)"]);
    assert.deepEqual(problemsOf({ "/run/sandbox.cfg": child("base.cfg") }), [
        "sandbox.cfg:2: [core] inherit: there is no file /run/base.cfg (names are relative to the folder of sandbox.cfg)",
    ]);
});

test("a circle is shown", () => {
    const files = {
        "/run/sandbox.cfg": child("one.cfg"),
        "/run/one.cfg": child("two.cfg"),
        "/run/two.cfg": child("one.cfg"),
    };
    assert.deepEqual(problemsOf(files), [
        "two.cfg:2: [core] inherit: circular inherit: one.cfg -> two.cfg -> one.cfg (remove one of them)",
    ]);
    assert.deepEqual(problemsOf({ "/run/sandbox.cfg": child("sandbox.cfg") }), [
        "sandbox.cfg:2: [core] inherit: circular inherit: sandbox.cfg -> sandbox.cfg (remove one of them)",
    ]);
});

test("a variable of a file name must be set", () => {
    assert.deepEqual(problemsOf({ "/run/sandbox.cfg": child("$AFRAME_REPO/base.cfg") }), [
        "sandbox.cfg:2: [core] inherit: $AFRAME_REPO/base.cfg uses AFRAME_REPO, which is not set " +
            "(set it in the stack's environment map)",
    ]);
});

test("a file that cannot be read is named", () => {
    const { problems } = loadCfg("/run/sandbox.cfg", {}, () => {
        throw new Error("EISDIR: illegal operation on a directory, read");
    });
    assert.equal(
        new ConfigError(problems).message,
        "sandbox.cfg: cannot be read: EISDIR: illegal operation on a directory, read",
    );
});

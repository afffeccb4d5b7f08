// Keys in forms that ssh refuses are mended in a copy that nobody else can read.
import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { mendKey, readableKeyFile } from "../../../pipeline/revision/keyFile.ts";
import { scratchFolder } from "../fixtures/artefacts.ts";

const text = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";

describe("mendKey", () => {
    const rows: readonly (readonly [string, string])[] = [
        ["a key that is right", text],
        ["no final newline", text.trimEnd()],
        ["Windows line endings", text.replaceAll("\n", "\r\n")],
        ["a byte-order mark", `\uFEFF${text}`],
        ["blanks and blank lines around it", `\n  ${text.replaceAll("\n", " \n")}\n\n`],
    ];
    for (const [what, given] of rows) {
        it(`mends ${what}`, () => {
            assert.equal(mendKey(given), text);
        });
    }
});

describe("readableKeyFile", () => {
    it("is the file itself when ssh can read it, or when nobody can", async (t) => {
        const folder = await scratchFolder(t);
        const file = path.join(folder, "good");
        writeFileSync(file, text, { mode: 0o600 });
        for (const name of [file, path.join(folder, "none")]) assert.equal(await readableKeyFile(name, folder), name);
    });

    it("is a mended copy else, for this user alone", async (t) => {
        const folder = await scratchFolder(t);
        const file = path.join(folder, "cut");
        writeFileSync(file, text.trimEnd(), { mode: 0o600 });
        const copy = await readableKeyFile(file, folder);
        assert.notEqual(copy, file);
        assert.equal(readFileSync(copy, "utf8"), text);
        assert.equal(statSync(copy).mode & 0o777, 0o600);
        assert.equal(readFileSync(file, "utf8"), text.trimEnd());
    });
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { readDeployKey } from "../../../components/ssh/deployKey.ts";
import { temporaryDirectory } from "../fixture.ts";

const directory = temporaryDirectory();

function makeKey(name: string, ...options: string[]): string {
    const file = path.join(directory, name);
    execFileSync("ssh-keygen", ["-q", "-N", "", "-f", file, ...options]);
    return file;
}

function write(name: string, text: string): string {
    const file = path.join(directory, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
}

const ed25519 = makeKey("ed25519", "-t", "ed25519");

describe("readDeployKey", () => {
    for (const [name, ...options] of [
        ["rsa", "-t", "rsa", "-b", "2048"],
        ["ecdsa", "-t", "ecdsa"],
        ["rsa-pem", "-t", "rsa", "-b", "2048", "-m", "PEM"],
        ["rsa-pkcs8", "-t", "rsa", "-b", "2048", "-m", "PKCS8"],
    ] as const) {
        it(`reads ${name} keys`, () => {
            const file = makeKey(name, ...options);
            assert.equal(readDeployKey(file), readFileSync(file, "utf8"));
        });
    }

    it("reads ed25519 keys as they are", () => {
        assert.equal(readDeployKey(ed25519), readFileSync(ed25519, "utf8"));
    });

    it("restores a missing final newline, and the line endings ssh wants", () => {
        const text = readFileSync(ed25519, "utf8");
        assert.equal(readDeployKey(write("no-newline", text.trimEnd())), text);
        assert.equal(readDeployKey(write("crlf", text.replaceAll("\n", "\r\n"))), text);
        assert.equal(readDeployKey(write("bom", `\uFEFF${text}`)), text);
    });

    const refused: readonly (readonly [string, () => string, RegExp])[] = [
        ["a file that is not there", () => path.join(directory, "nowhere"), /nowhere does not exist$/],
        ["a directory", () => directory, /is a directory$/],
        ["a public key", () => chmodded(`${ed25519}.pub`), /\.pub is a public key$/],
        [
            "an encrypted key",
            () => makeKey("locked", "-t", "ed25519", "-N", "open sesame"),
            /protected by a passphrase/,
        ],
        ["an encrypted PEM", () => makeKey("locked-pem", "-t", "rsa", "-m", "PEM", "-N", "sesame"), /passphrase/],
        ["an encrypted PKCS8", () => makeKey("locked-8", "-t", "rsa", "-m", "PKCS8", "-N", "sesame"), /passphrase/],
        [
            "a damaged key",
            () => write("damaged", readFileSync(ed25519, "utf8").slice(0, 200)),
            /is not a private|damaged/,
        ],
        ["something else", () => write("notes", "my notes\n"), /is not a private key$/],
        ["a PuTTY key", () => write("putty", "PuTTY-User-Key-File-3: ssh-ed25519\n"), /is a PuTTY key$/],
        ["a huge file", () => write("huge", "x".repeat(100_000)), /has 100000 bytes, too many for a key$/],
    ];
    for (const [what, file, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => readDeployKey(file()), { name: "KeyProblem", message });
        });
    }

    it("refuses a key that other users can read, and says how to mend it", () => {
        const file = makeKey("open", "-t", "ed25519");
        for (const mode of [0o644, 0o640, 0o666]) {
            chmodSync(file, mode);
            assert.throws(() => readDeployKey(file), {
                message: `${file} can be read by other users (mode 0${mode.toString(8)})`,
                suggestion: `chmod 600 ${file}`,
            });
        }
    });

    it("never quotes the key in an error", () => {
        const text = readFileSync(ed25519, "utf8");
        const secret = text.split("\n")[3] ?? "";
        const file = write("cut", text.replace(secret, secret.slice(0, 20)));
        assert.throws(
            () => readDeployKey(file),
            (error: Error) => !error.message.includes(secret.slice(0, 10)),
        );
    });
});

function chmodded(file: string): string {
    chmodSync(file, 0o600);
    return file;
}

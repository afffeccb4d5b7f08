// What is told of keys that work in the pod; ssh itself is the judge of their form.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { inspectDeployKey } from "../../../components/ssh/keyDoubts.ts";
import { makeKey } from "../../pipeline/fixtures/sshd.ts";
import { temporaryDirectory } from "../fixture.ts";

const directory = temporaryDirectory();
const ed25519 = path.join(directory, "ed25519");
makeKey(ed25519, "ed25519");

function write(name: string, text: string): string {
    const file = path.join(directory, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
}

function canBeRead(file: string): boolean {
    try {
        execFileSync("ssh-keygen", ["-y", "-P", "", "-f", file], { stdio: "ignore" });
        return true;
    } catch {
        return false;
    }
}

describe("inspectDeployKey", () => {
    const text = readFileSync(ed25519, "utf8");
    const damages: readonly (readonly [string, string, RegExp])[] = [
        ["no final newline", text.trimEnd(), / lacks the newline at its end: /],
        ["Windows line endings", text.replaceAll("\n", "\r\n"), / has Windows line endings: /],
        ["a byte-order mark", `\uFEFF${text}`, / starts with a byte-order mark: /],
        ["blank lines before it", `\n${text}`, / has blanks around its lines: /],
        ["blanks at the ends of lines", text.replaceAll("\n", " \n"), / has blanks around its lines: /],
        [
            "all of that",
            `\uFEFF ${text.replaceAll("\n", " \r\n").trimEnd()}`,
            / byte-order mark and has Windows line endings and has blanks around its lines and lacks the newline/,
        ],
    ];
    for (const [index, [what, damaged, message]] of damages.entries()) {
        it(`tells of ${what}, and its advice mends it`, () => {
            const file = write(`damaged-${index}`, damaged);
            assert.ok(!canBeRead(file), "ssh reads it as it is");
            const [doubt, ...more] = inspectDeployKey(file).doubts;
            assert.match(doubt?.message ?? "", message);
            assert.deepEqual(more, []);
            execFileSync("sh", ["-c", doubt?.suggestion ?? ""]);
            assert.ok(canBeRead(file), `not mended by: ${doubt?.suggestion ?? ""}`);
            assert.deepEqual(inspectDeployKey(file).doubts, []);
        });
    }

    it("finds nothing wrong with what ssh reads", () => {
        for (const [name, content] of [
            ["plain", text],
            ["blank lines after it", `${text}\n  \n`],
        ] as const) {
            const file = write(name, content);
            assert.ok(canBeRead(file), name);
            assert.deepEqual(inspectDeployKey(file), { kind: "ed25519", doubts: [] });
        }
    });

    it("tells of kinds that servers refuse", () => {
        const pem = (key: ReturnType<typeof generateKeyPairSync>["privateKey"]) =>
            (key as unknown as { export(options: object): string }).export({ type: "pkcs8", format: "pem" });
        const short = write("short", pem(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey));
        const old = write(
            "old",
            pem(generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey),
        );
        const usual = write("usual", pem(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey));
        const suggestion = "make one, and register it there: ssh-keygen -t ed25519 -N '' -f NEW_FILE";
        assert.deepEqual(inspectDeployKey(short), {
            kind: "rsa 1024",
            doubts: [
                { message: `${short} is an rsa key of 1024 bits; many servers refuse less than 2048`, suggestion },
            ],
        });
        assert.deepEqual(inspectDeployKey(old), {
            kind: "dsa 1024",
            doubts: [{ message: `${old} is a dsa key, which most servers refuse`, suggestion }],
        });
        assert.deepEqual(inspectDeployKey(usual), { kind: "rsa 2048", doubts: [] });
    });
});

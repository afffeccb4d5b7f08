// Stack files: configuration for programs, and the salt.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, type TestContext, test } from "node:test";
import { newCrypter } from "../../../embedded/state/secrets.ts";
import { readStackFile, writeSalt } from "../../../embedded/state/stackFile.ts";

async function fileWith(context: TestContext, text: string): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), "stack-"));
    context.after(() => rm(folder, { recursive: true }));
    const file = path.join(folder, "Pulumi.x.yaml");
    await writeFile(file, text);
    return file;
}

describe("stack files", () => {
    test("give texts as they are, other scalars as text and objects as JSON", async (t) => {
        const file = await fileWith(
            t,
            "config:\n  p:a: text\n  p:b: 5\n  p:c: true\n  p:d: {x: [1, y]}\n  p:e: '007'\n",
        );
        const { values, secretKeys } = (await readStackFile(file)).config(undefined);
        assert.deepEqual(values, { "p:a": "text", "p:b": "5", "p:c": "true", "p:d": '{"x":[1,"y"]}', "p:e": "007" });
        assert.deepEqual(secretKeys, []);
    });

    test("give secrets in the clear, also those in objects, and name their keys", async (t) => {
        const crypter = await newCrypter("p");
        const [one, two] = [crypter.encrypt("one"), crypter.encrypt("two")];
        const file = await fileWith(
            t,
            `encryptionsalt: ${crypter.salt}\nconfig:\n  p:a:\n    secure: ${one}\n  p:b:\n    list: [{secure: "${two}"}, z]\n`,
        );
        const stack = await readStackFile(file);
        assert.deepEqual([stack.salt, stack.hasSecrets], [crypter.salt, true]);
        assert.deepEqual(stack.config(crypter), {
            values: { "p:a": "one", "p:b": '{"list":["two","z"]}' },
            secretKeys: ["p:a", "p:b"],
            secrets: ["one", "two"],
        });
        assert.throws(() => stack.config(undefined), /no encryptionsalt/);
    });

    test("keep comments and layout when the salt is written", async (t) => {
        const file = await fileWith(t, "# mine\nconfig:\n  p:a: x # here\n");
        await writeSalt(file, "v1:s:v1:n:c");
        assert.equal(await readFile(file, "utf8"), "# mine\nconfig:\n  p:a: x # here\nencryptionsalt: v1:s:v1:n:c\n");
    });

    test("with what the engine cannot do are refused by name", async (t) => {
        await assert.rejects(readStackFile(await fileWith(t, "environment: [e]\n")), /"environment" is not supported/);
        await assert.rejects(
            readStackFile(await fileWith(t, "secretsprovider: awskms://k\n")),
            /awskms.* not supported/,
        );
        await assert.rejects(readStackFile(await fileWith(t, "config: [\n")), /Pulumi\.x\.yaml: /);
        await assert.rejects(
            readStackFile(await fileWith(t, "config: 5\n")),
            /Pulumi\.x\.yaml: "config" must be a map/,
        );
    });

    test("with a secret that does not open name its key", async (t) => {
        const [crypter, other] = [await newCrypter("p"), await newCrypter("q")];
        for (const sealed of ["v1:AAAA:BBBB", other.encrypt("one")]) {
            const file = await fileWith(t, `encryptionsalt: ${crypter.salt}\nconfig:\n  p:a:\n    secure: ${sealed}\n`);
            const stack = await readStackFile(file);
            assert.throws(() => stack.config(crypter), /Pulumi\.x\.yaml: p:a: a secret is damaged, or/);
        }
    });
});

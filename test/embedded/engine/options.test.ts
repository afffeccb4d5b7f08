// Resource options, secrets, components and providers, each seen in the state and in what providers were asked.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { newCrypter, openCrypter } from "../../../embedded/state/secrets.ts";
import { writeSalt } from "../../../embedded/state/stackFile.ts";
import { Bench } from "./bench.ts";

const password = "correct horse battery staple";

/** Every file under a folder as text. */
async function allText(folder: string): Promise<string> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return (await Promise.all(files.map((file) => readFile(path.join(file.parentPath, file.name), "utf8")))).join("\n");
}

describe("options and secrets", { concurrency: 2 }, () => {
    test("secrets are sealed in every file of the backend, masked in events, and whole in the resource", async (t) => {
        const crypter = await newCrypter("open sesame");
        const bench = await Bench.open(t, {
            "files:password": `{ secure: ${JSON.stringify(crypter.encrypt(password))} }`,
        });
        await writeSalt(bench.stackFile, crypter.salt);
        const result = await bench.made([
            { name: "a", text: password, secret: true },
            { name: "b", text: "open", additionalSecretOutputs: ["digest"] },
        ]);
        assert.equal(await bench.text("a.txt"), password);
        assert.deepEqual(result.outputs, {
            password: "[secret]",
            texts: { a: "[secret]", b: "open" },
            digests: { a: "c4bbcb1f", b: "[secret]" },
        });
        await bench.plan([{ name: "a", text: `${password}, edited`, secret: true }]);
        await bench.up();

        const kept = await allText(path.join(bench.root, ".pulumi"));
        const encoded = [0, 1, 2].map((skip) => Buffer.from(password.slice(skip)).toString("base64").slice(0, -4));
        for (const form of [password, ...encoded]) {
            assert.ok(!kept.includes(form), `${form} is in the clear`);
            assert.ok(!JSON.stringify(bench.events).includes(form));
        }
        assert.equal((await bench.outputs(true)).password, password);
        assert.equal((await bench.outputs(false)).password, "[secret]");
        const { outputs } = await bench.resource("a");
        const sealed = outputs?.text as { readonly ciphertext: string };
        const opened = (await openCrypter("open sesame", crypter.salt)).decrypt(sealed.ciphertext);
        assert.equal(opened, JSON.stringify(`${password}, edited`));
    });

    test("a wrong passphrase stops everything before it begins", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([{ name: "a", text: "a", secret: true }]);
        await bench.calls();
        bench.passphrase = "wrong";
        await bench.plan([]);
        await assert.rejects(bench.up(), /passphrase does not open/);
        assert.deepEqual(await bench.calls(), []);
        bench.passphrase = "open sesame";
        assert.deepEqual((await bench.destroy()).changes, { delete: 2 });
    });

    test("ignoreChanges keeps the old input, retainOnDelete keeps the real resource", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([
            { name: "a", text: "a", ignoreChanges: ["text"] },
            { name: "b", text: "b", retainOnDelete: true },
        ]);
        await bench.calls();
        const result = await bench.made([{ name: "a", text: "other", ignoreChanges: ["text"] }]);
        assert.deepEqual(result.changes, { same: 2, delete: 1 });
        assert.deepEqual(await bench.calls(), []);
        assert.deepEqual([await bench.text("a.txt"), await bench.text("b.txt")], ["a", "b"]);
        assert.deepEqual(await bench.names(), ["a"]);
    });

    test("deleting first takes along what would have to be replaced, in reverse order", async (t) => {
        const bench = await Bench.open(t);
        const files = (kind: string) => [
            { name: "a", text: kind, kind, deleteBeforeReplace: true },
            { name: "b", text: "b", kind: "<a.digest>" },
            { name: "c", text: "<a.digest>" },
        ];
        await bench.made(files("one"));
        await bench.calls();
        await bench.plan(files("two"));
        const preview = await bench.preview();
        assert.deepEqual(preview.changes, { same: 1, replace: 2, update: 1 });
        const result = await bench.made(files("two"));
        assert.deepEqual(result.changes, { same: 1, replace: 2, update: 1 });
        const calls = (await bench.calls()).filter((call) => !call.startsWith("created"));
        assert.deepEqual(calls.slice(0, 3), ["delete b 7692c3ad", "delete a one", "create a two"]);
        assert.deepEqual(calls.slice(3).sort(), ["create b 3fc4ccfe", "update c txt"]);
        assert.deepEqual((await bench.names()).sort(), ["a", "b", "c"]);
    });

    test("components are parents with outputs, and go when the program drops them", async (t) => {
        const bench = await Bench.open(t);
        await bench.made([{ name: "a", text: "a", component: "box" }]);
        const [box, a] = [await bench.resource("box"), await bench.resource("a")];
        assert.equal(box.type, "files:index:Folder");
        assert.deepEqual(box.outputs, { title: "folder box" });
        assert.equal(a.parent, box.urn);
        assert.match(a.urn, /::files:index:Folder\$pulumi-nodejs:dynamic\/files:File::a$/);
        assert.deepEqual((await bench.up()).changes, { same: 3 });
        const dropped = await bench.made([]);
        assert.deepEqual(dropped.changes, { same: 1, delete: 2 });
    });

    test("providers are resources: explicit ones by name, default ones by version, and both answer invokes", async (t) => {
        const bench = await Bench.open(t);
        bench.providers = {
            notes: [process.execPath, path.join(import.meta.dirname, "../fixtures/notes/main.ts")],
        };
        await bench.plan([], { note: { text: "hello", provider: "own" } });
        const own = await bench.up();
        assert.deepEqual([own.changes, own.outputs.greetings], [{ create: 3 }, "notes:index:greet greets you"]);
        const { provider } = await bench.resource("note");
        const providerState = await bench.resource("own");
        assert.equal(provider, `${providerState.urn}::${String(providerState.id)}`);
        assert.deepEqual(providerState.inputs, { mood: "good", version: "1.2.3", __internal: {} });
        assert.deepEqual(providerState.outputs, { mood: "good", version: "1.2.3" });
        assert.match(JSON.stringify((await bench.resource("note")).outputs?.password), /ciphertext/);
        assert.deepEqual((await bench.up()).changes, { same: 3 });

        await bench.plan([], { note: { text: "hello", provider: "default" } });
        const moved = await bench.up();
        assert.deepEqual(moved.changes, { same: 2, delete: 1 }, "a provider without DiffConfig makes no replacement");
        assert.match((await bench.resource("note")).provider ?? "", /::pulumi:providers:notes::default_1_2_3::/);
        assert.deepEqual((await bench.destroy()).changes, { delete: 2 });
    });

    test("a default provider that is disabled is an error", async (t) => {
        const bench = await Bench.open(t, { "pulumi:disable-default-providers": '["notes"]' });
        await bench.plan([], { note: { text: "hello", provider: "default" } });
        assert.equal((await bench.up()).outcome, "failed");
        assert.match(bench.errors().join(), /default provider of notes is disabled/);
    });
});

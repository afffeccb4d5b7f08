// State files in the layout of Pulumi's file backend.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { FileBackend } from "../../../embedded/state/backend.ts";
import { parseCheckpoint } from "../../../embedded/state/checkpoint.ts";
import { formatCheckpoint } from "../../../embedded/state/checkpointWriter.ts";
import { newCrypter } from "../../../embedded/state/secrets.ts";

/** As the Pulumi CLI writes it. */
const fromPulumi = (resource: object, rest: object = {}): string =>
    JSON.stringify({
        version: 3,
        checkpoint: {
            stack: "organization/p/s",
            latest: {
                manifest: { time: "2026-08-01T10:00:00Z", magic: "m", version: "v3.260.0" },
                resources: [{ urn: "urn:x", custom: false, type: "pulumi:pulumi:Stack", ...resource }],
                metadata: {},
            },
        },
        ...rest,
    });

describe("checkpoints", () => {
    test("keep fields that the engine only passes on", () => {
        const text = fromPulumi({ created: "2026-08-01T10:00:00Z", sourcePosition: "project:///index.ts#1,2" });
        const [stack] = parseCheckpoint(text, "f").open(undefined).resources;
        assert.deepEqual(stack, {
            urn: "urn:x",
            custom: false,
            type: "pulumi:pulumi:Stack",
            inputs: {},
            outputs: {},
            created: "2026-08-01T10:00:00Z",
            sourcePosition: "project:///index.ts#1,2",
        });
    });

    test("with features of other engines are refused by name", () => {
        assert.throws(() => parseCheckpoint(fromPulumi({ taint: true }), "f").open(undefined), /"taint"/);
        assert.throws(() => parseCheckpoint(fromPulumi({}, { version: 4, features: ["views"] }), "f"), /views/);
        assert.throws(() => parseCheckpoint(fromPulumi({}, { version: 9 }), "f"), /version 9/);
    });

    test("that are damaged are refused with the reason, and never taken for an empty stack", () => {
        const good = fromPulumi({});
        const refused = (text: string, reason: RegExp): void => {
            assert.throws(() => parseCheckpoint(text, "f"), reason);
        };
        refused("", /^Error: f is not a state .* no JSON.*f\.bak/);
        refused(good.slice(0, 60), /no JSON/);
        refused("null", /no "checkpoint"/);
        refused(good.replace('"checkpoint"', '"deployment"'), /no "checkpoint"/);
        refused(good.replace(/"resources":\[.*?\]/, '"resources":{}'), /"resources" is no list/);
        refused(good.replace('"urn"', '"urm"'), /resource 1 has no urn/);
        refused(good.replace(/"resources":\[(.*?)\]/, '"resources":[$1,$1]'), /two of urn:x/);
        refused(fromPulumi({ parent: "urn:y" }), /urn:x names urn:y, which does not stand before it/);
        refused(fromPulumi({ dependencies: ["urn:y"] }), /urn:x names urn:y/);
        refused(fromPulumi({ provider: "urn:y::1" }), /the provider urn:y::1/);
    });

    test("with a secret that does not open name its resource", async () => {
        const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
        const sealed = { ...secret, ciphertext: (await newCrypter("other")).encrypt('"x"') };
        const text = fromPulumi({ outputs: { a: sealed } });
        const crypter = await newCrypter("own");
        assert.throws(() => parseCheckpoint(text, "f").open(crypter), /state of urn:x .*: a secret is damaged, or/);
    });

    test("leave out empty fields and prove their engine's version", async () => {
        const resource = {
            urn: "urn:x",
            custom: false,
            type: "t:t:T",
            inputs: {},
            outputs: {},
            parent: "",
            protect: false,
        };
        const snapshot = { resources: [resource], pendingOperations: [] };
        const { checkpoint } = JSON.parse(
            formatCheckpoint("organization/p/s", snapshot, await newCrypter(""), "v1"),
        ) as {
            checkpoint: { latest: { resources: object[]; manifest: { magic: string } } };
        };
        assert.deepEqual(checkpoint.latest.resources, [{ urn: "urn:x", custom: false, type: "t:t:T" }]);
        assert.equal(
            checkpoint.latest.manifest.magic,
            "3bfc269594ef649228e9a74bab00f042efc91d5acc6fbee31a382e80d42388fe",
        );
    });
});

describe("the file backend", () => {
    test("writes state, backup, history and meta file, and lets only one operation in", async (t) => {
        const folder = await mkdtemp(path.join(tmpdir(), "backend-"));
        t.after(() => rm(folder, { recursive: true }));
        const backend = new FileBackend(folder, "p", "s");
        assert.equal(await backend.read(), undefined);

        const unlock = await backend.lock();
        await assert.rejects(new FileBackend(folder, "p", "s").lock(), new RegExp(`process ${process.pid}$`));
        await backend.write("one");
        await backend.write("two");
        await backend.record({
            kind: "update",
            startTime: 1,
            endTime: 2,
            result: "succeeded",
            resourceChanges: { create: 1 },
        });
        await unlock();
        await (await backend.lock())();

        assert.equal(await backend.read(), "two");
        assert.equal(await readFile(`${backend.stateFile}.bak`, "utf8"), "one");
        assert.equal(await readFile(path.join(folder, ".pulumi/meta.yaml"), "utf8"), "version: 1\n");
        const history = (await readdir(path.join(folder, ".pulumi/history/p/s"))).sort();
        assert.deepEqual(
            history.map((name) => name.replace(/\d+/, "N")),
            ["s-N.checkpoint.json", "s-N.history.json"],
        );
        assert.match((await readdir(path.join(folder, ".pulumi/backups/p/s"))).join(), /^s\.\d{19}\.json$/);
    });

    test("names a lock whose holder is gone, and removes locks only when asked", async (t) => {
        const folder = await mkdtemp(path.join(tmpdir(), "backend-"));
        t.after(() => rm(folder, { recursive: true }));
        const backend = new FileBackend(folder, "p", "s");
        await (await backend.lock())();
        const { hostname } = await import("node:os");
        const dead = { pid: 2 ** 22 + 1, username: "u", hostname: hostname(), timestamp: "2026-08-01T10:00:00Z" };
        await writeFile(path.join(folder, ".pulumi/locks/organization/p/s/x.json"), JSON.stringify(dead));
        await writeFile(path.join(folder, ".pulumi/locks/organization/p/s/x.json.attrs"), "{}");
        await assert.rejects(backend.lock(), (error: Error) => {
            assert.match(error.message, /u@.* which is no longer running$/);
            assert.doesNotMatch(error.message, /attrs/);
            return true;
        });
        await writeFile(path.join(folder, ".pulumi/locks/organization/p/s/half.json"), "{");
        await assert.rejects(backend.lock(), /half\.json: its holder cannot be read/);
        assert.equal(await backend.removeLocks(), 2);
        await (await backend.lock())();
    });
});

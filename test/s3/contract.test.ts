// The same questions to each S3 server, over http and https: what S3 promises, and what this program makes of it.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it, type TestContext, test } from "node:test";
import type { S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { code, fillIn, table } from "../../docs/markdown.ts";
import { downloadArtefacts } from "../../pipeline/transfer/download.ts";
import { fetchManifest, fetchPublished } from "../../pipeline/transfer/manifestObject.ts";
import type { TransferOptions } from "../../pipeline/transfer/options.ts";
import { assertOwner, ownerMarkerName, ownerOf } from "../../pipeline/transfer/owner.ts";
import { purgePrefix } from "../../pipeline/transfer/purge.ts";
import { uploadStage } from "../../pipeline/transfer/upload.ts";
import { missingOnS3 } from "../../pipeline/transfer/verify.ts";
import { scratchFolder, writeArtefacts } from "../pipeline/fixtures/artefacts.ts";
import { keys, prefix, put } from "../pipeline/fixtures/s3.ts";
import { behaviours } from "./behaviours.ts";
import { MiB } from "./outcome.ts";
import { fetchIntoPod, refusePod, uploadFromPod } from "./pod.ts";
import { type RunningServer, serverKinds, startServer } from "./server.ts";

/** Parts of the smallest size that S3 knows. */
const small: TransferOptions = { multipartBytes: 12 * MiB, partBytes: 5 * MiB, minDelayMs: 10 };
const awkward = { "background/a b+c%2F.hdf5": 1000, "wäve/ünï’code.txt": 10, "empty.txt": 0 };
const marker = JSON.stringify({ project: "aframe", stack: "run1" });

async function roundTrip(t: TestContext, { client }: RunningServer): Promise<void> {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, awkward);
    const location = prefix("stage/run1");
    assert.equal((await missingOnS3(client, location, manifest.artefacts)).length, 3);
    assert.equal((await uploadStage(client, from, location, manifest, small)).files, 3);
    assert.deepEqual(await uploadStage(client, from, location, manifest, small), { files: 0, bytes: 0 });
    assert.deepEqual(await missingOnS3(client, location, manifest.artefacts), []);
    assert.deepEqual(await fetchManifest(client, location, "Fetch"), manifest);
    await downloadArtefacts(client, location, to, manifest.artefacts, small);
    for (const name of Object.keys(awkward)) {
        assert.deepEqual(await readFile(path.join(to, name)), await readFile(path.join(from, name)), name);
    }
    assert.deepEqual((await readdir(to)).sort(), ["background", "empty.txt", "wäve"]);
}

async function inParts(t: TestContext, { client }: RunningServer): Promise<void> {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "big.hdf5": 12 * MiB + 7 });
    const location = prefix("parts/run1");
    assert.deepEqual(await uploadStage(client, from, location, manifest, small), { files: 1, bytes: 12 * MiB + 7 });
    await downloadArtefacts(client, location, to, manifest.artefacts, small);
    assert.deepEqual(await readFile(`${to}/big.hdf5`), await readFile(`${from}/big.hdf5`));
}

/** What the client is told to do meanwhile. */
async function commandsOf({ middlewareStack }: S3Client, run: () => Promise<void>): Promise<string[]> {
    const commands: string[] = [];
    middlewareStack.add(
        (next, { commandName }) =>
            (args) => {
                commands.push(String(commandName));
                return next(args);
            },
        { step: "initialize", name: "note" },
    );
    await run();
    middlewareStack.remove("note");
    return commands;
}

async function knownByManifest(t: TestContext, { client }: RunningServer): Promise<void> {
    const from = await scratchFolder(t);
    const manifest = await writeArtefacts(from, { "a.hdf5": 5, "b.hdf5": 6, "c.hdf5": 7 });
    const location = prefix("known/run1");
    await uploadStage(client, from, location, manifest, small);
    const missing = async () => {
        const published = await fetchPublished(client, location, manifest.stage);
        const found = await missingOnS3(client, location, manifest.artefacts, {}, published);
        return found.map(({ name }) => name);
    };
    const commands = await commandsOf(client, async () => {
        assert.deepEqual(await missing(), []);
    });
    assert.deepEqual(commands, ["GetObjectCommand", "ListObjectsV2Command"]);
    await put(client, "known/run1/b.hdf5", "other!");
    assert.deepEqual(await missing(), ["b.hdf5"]);
}

async function purge({ client }: RunningServer): Promise<void> {
    const location = prefix("purge/run1");
    await put(client, `purge/run1/${ownerMarkerName}`, marker);
    for (const key of ["purge/run1/a b+c", "purge/run1/deep/er", "purge/run10/neighbour"]) {
        await put(client, key, "x");
    }
    await assert.rejects(purgePrefix(client, location, "run2"), /belongs to the stack run1, not to run2/);
    assert.equal((await purgePrefix(client, location, "run1", small)).objects, 2);
    assert.deepEqual(await keys(client, "purge/"), [`purge/run1/${ownerMarkerName}`, "purge/run10/neighbour"]);
}

async function purgeMany({ client }: RunningServer): Promise<void> {
    await put(client, `many-purged/run1/${ownerMarkerName}`, marker);
    const all = Array.from({ length: 1200 }, (_, index) => `many-purged/run1/wäve ${index}+%.hdf5`);
    await pLimit(16).map([...all, "many-purged/run10/neighbour"], (key) => put(client, key, "x"));
    const commands = await commandsOf(client, async () => {
        assert.equal((await purgePrefix(client, prefix("many-purged/run1"), "run1", small)).objects, 1200);
    });
    assert.deepEqual(
        commands.filter((name) => /DeleteObject/.test(name)),
        ["DeleteObjectsCommand", "DeleteObjectsCommand"],
    );
    const left = [`many-purged/run1/${ownerMarkerName}`, "many-purged/run10/neighbour"];
    assert.deepEqual(await keys(client, "many-purged/"), left);
}

async function ownership({ client }: RunningServer): Promise<void> {
    const location = prefix("owned/run1");
    assert.equal(await ownerOf(client, location), undefined);
    await put(client, `owned/run1/${ownerMarkerName}`, marker);
    assert.equal(await ownerOf(client, location), "run1");
    await assert.rejects(assertOwner(client, prefix("owned/run"), "run1"), /has no ownership marker/);
}

for (const kind of serverKinds) {
    for (const tls of [false, true]) {
        describe(`${kind} over ${tls ? "https" : "http"}`, () => {
            let server: RunningServer;
            before(async () => {
                server = await startServer(kind, { tls });
            });
            after(() => server.stop());

            for (const { name, ask, answer, differs } of behaviours) {
                const expected = differs?.[kind] ?? answer;
                it(`${name}: ${expected}`, async () => {
                    assert.equal(await ask(server.client), expected);
                });
            }
            it("a stage's artefacts come back byte for byte, and are sent once", (t) => roundTrip(t, server));
            if (kind !== "moto") {
                // As in AWS's listings, all that was written in the same second may have come after the manifest.
                it("what a manifest lists is known without a look at each object, and what was replaced since is found", (t) =>
                    knownByManifest(t, server));
            }
            it("an artefact in parts comes back byte for byte", (t) => inParts(t, server));
            it("a purge deletes what its owner has under the prefix, and no neighbour's", () => purge(server));
            it("a purge of more than 1000 objects takes two batches, and no request for one object", () =>
                purgeMany(server));
            it("a pod fetches its data, from where another had come to", (t) => fetchIntoPod(t, server));
            it("a pod is told what is refused and what is gone", (t) => refusePod(t, server));
            it("a pod uploads its run, what is big in parts", (t) => uploadFromPod(t, server));
            it("the ownership marker tells whose a prefix is", () => ownership(server));
        });
    }
}

test("the page for users has the differences of the table", async () => {
    const page = await readFile(path.resolve(import.meta.dirname, "../../docs/s3.md"), "utf8");
    const rows = behaviours
        .filter(({ differs }) => differs !== undefined)
        .map(({ name, answer, differs }) => [name, ...[answer, ...serverKinds.map((kind) => differs?.[kind] ?? "")]])
        .map(([name = "", ...answers]) => [name, ...answers.map((answer) => (answer === "" ? "" : code(answer)))]);
    assert.equal(page, fillIn(page, { differences: table(["", "S3", ...serverKinds], rows) }));
});

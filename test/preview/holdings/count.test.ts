// What a destroy would delete or leave, counted on a real S3 server and on this disk.
import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { recordFile } from "../../../pipeline/stage/paths.ts";
import { countHoldings, type FilesHolding, type PrefixHolding } from "../../../preview/holdings/count.ts";
import { describeHoldings } from "../../../preview/holdings/describe.ts";
import { scratchFolder, writeArtefacts } from "../../pipeline/fixtures/artefacts.ts";
import { prefix, put, startFullS3, startProxy } from "../../pipeline/fixtures/s3.ts";

const { client, connection } = await startFullS3(2500);

async function told(...args: Parameters<typeof countHoldings>): Promise<string[]> {
    return describeHoldings(await countHoldings(...args));
}

function prefixOf(name: string, s3 = connection): PrefixHolding {
    return { kind: "prefix", location: prefix(name), owner: "run1", s3 };
}

async function own(name: string, stack = "run1"): Promise<void> {
    await put(client, `${name}/.aframe-owner.json`, JSON.stringify({ project: "aframe", stack }));
}

test("objects under a prefix are counted without its marker and its neighbours, as far as the bounds go", async () => {
    await own("full");
    await put(client, "full0/neighbour", "x");
    const whole = [prefixOf("full")];
    assert.deepEqual(await told(whole), ["s3://data/full: 2500 objects, 2.5 kB"]);
    assert.deepEqual(await told(whole, { most: 1000 }), ["s3://data/full: more than 1000 objects, more than 1 kB"]);
    assert.deepEqual(await countHoldings(whole, { most: 2500 }), [
        [prefixOf("full"), { count: 2500, bytes: 2500, more: false }],
    ]);
    await own("one");
    await put(client, "one/model.pt", "weights");
    assert.deepEqual(await told([prefixOf("one")]), ["s3://data/one: 1 object, 7 B"]);
});

test("a prefix that cannot be counted says why", async () => {
    await own("foreign", "other");
    assert.deepEqual(await told([prefixOf("foreign"), prefixOf("nobodys")]), [
        "s3://data/foreign belongs to the stack other, not to run1; it is not touched",
        "s3://data/nobodys has no ownership marker (.aframe-owner.json); it is not touched",
    ]);
    const proxy = await startProxy(connection.endpoint ?? "");
    const s3 = { ...connection, endpoint: proxy.endpoint };
    proxy.plan = () => ({ type: "answer", status: 403, body: "<Error><Code>AccessDenied</Code></Error>" });
    const [refused = ""] = await told([prefixOf("full", s3)]);
    assert.match(refused, /^reading s3:\/\/data\/full\/\.aframe-owner\.json: AccessDenied: /);
    proxy.plan = () => ({ type: "stall" });
    assert.deepEqual(await told([prefixOf("full", s3)], { forMs: 200 }), [
        "s3://data/full: the server does not answer",
    ]);
});

test("files of stages are those of their records that are there, folder by folder", async (t) => {
    const directory = await scratchFolder(t);
    const root = path.join(directory, "data");
    const manifest = await writeArtefacts(root, { "a.hdf5": 1000, "b.hdf5": 500, "c.hdf5": 70 });
    await rm(`${root}/c.hdf5`);
    await writeFile(`${root}/mine.txt`, "in no record");
    await mkdir(path.dirname(recordFile(directory, "Fetch")), { recursive: true });
    const record = (name: string) => ({ root: "data", seconds: 1, mtimes: {}, manifest: only(name) });
    const only = (...names: string[]) => ({
        ...manifest,
        artefacts: manifest.artefacts.filter((one) => names.includes(one.name)),
    });
    await writeFile(
        recordFile(directory, "Fetch"),
        JSON.stringify({ ...record("a.hdf5"), manifest: only("a.hdf5", "c.hdf5") }),
    );
    await writeFile(recordFile(directory, "Waveforms"), JSON.stringify(record("b.hdf5")));
    const files = (stage: string): FilesHolding => ({ kind: "files", stage, directory, root });
    assert.deepEqual(await told(["Fetch", "Waveforms", "NeverRun"].map(files)), [`${root}: 2 files, 1.5 kB`]);
    assert.deepEqual(await told([files("NeverRun")]), []);
});

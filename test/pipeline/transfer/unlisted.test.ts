// Objects that no manifest lists any more do not stay.
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { createClient } from "../../../pipeline/transfer/client.ts";
import { noteUnlisted, unlistedNames } from "../../../pipeline/transfer/unlisted.ts";
import { uploadStage } from "../../../pipeline/transfer/upload.ts";
import { scratchFolder, writeArtefacts } from "../fixtures/artefacts.ts";
import { keys, prefix, put, startProxy, startS3 } from "../fixtures/s3.ts";

const { client, connection } = await startS3();
const proxy = await startProxy(connection.endpoint ?? "");
const through = createClient({ ...connection, endpoint: proxy.endpoint });

test("what only a manifest listed that an interrupted upload has deleted goes with the next one", async (t) => {
    const [root, folder] = [await scratchFolder(t), await scratchFolder(t)];
    const notes = path.join(folder, "notes");
    const location = prefix("interrupted");
    await uploadStage(client, root, location, await writeArtefacts(root, { "a.hdf5": 10, "old.hdf5": 10 }), { notes });
    await put(client, "interrupted/foreign.hdf5", "of somebody else");
    const manifest = await writeArtefacts(root, { "a.hdf5": 11, "new.hdf5": 10 });
    const denied = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>";
    proxy.plan = (method, url) =>
        method === "PUT" && url.includes("new.hdf5") ? { type: "answer", status: 403, body: denied } : undefined;
    await assert.rejects(uploadStage(through, root, location, manifest, { notes }), /AccessDenied/);
    assert.ok(!(await keys(client, "interrupted/")).includes("interrupted/.aframe/Fetch.manifest.json"));
    proxy.plan = () => undefined;
    await uploadStage(through, root, location, manifest, { notes });
    assert.deepEqual(await keys(client, "interrupted/"), [
        "interrupted/.aframe/Fetch.manifest.json",
        "interrupted/a.hdf5",
        "interrupted/foreign.hdf5",
        "interrupted/new.hdf5",
    ]);
    assert.deepEqual(await unlistedNames(notes, location), []);
});

test("what is noted of one place is not taken for another's", async (t) => {
    const notes = path.join(await scratchFolder(t), "notes");
    await noteUnlisted(notes, prefix("run1"), ["b", "a"]);
    await noteUnlisted(notes, prefix("run1"), ["c", "a"]);
    assert.deepEqual(await unlistedNames(notes, prefix("run1")), ["a", "b", "c"]);
    assert.deepEqual(await unlistedNames(notes, prefix("run10")), []);
});

// Artefacts that are symbolic links: their contents count, and nothing is ever written through one.
import assert from "node:assert/strict";
import { lstat, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { matchingFiles, unmatched } from "../../../pipeline/stage/produced.ts";
import { downloadArtefacts } from "../../../pipeline/transfer/download.ts";
import { uploadStage } from "../../../pipeline/transfer/upload.ts";
import { scratchFolder, writeArtefacts } from "../fixtures/artefacts.ts";
import { prefix, startS3 } from "../fixtures/s3.ts";

test("a link to a file is that file, and a link to nothing or to a folder is no artefact", async (t) => {
    const [root, elsewhere] = [await scratchFolder(t), await scratchFolder(t)];
    await writeFile(path.join(elsewhere, "model.pt"), "weights");
    await mkdir(path.join(elsewhere, "background"));
    await writeFile(path.join(elsewhere, "background/a.hdf5"), "strain");
    await symlink(path.join(elsewhere, "model.pt"), path.join(root, "model.pt"));
    await symlink(path.join(elsewhere, "none.pt"), path.join(root, "lost.pt"));
    await symlink(elsewhere, path.join(root, "folder.pt"));
    await symlink(path.join(elsewhere, "background"), path.join(root, "background"));
    assert.deepEqual(await matchingFiles(root, ["*.pt", "background/*.hdf5"]), ["background/a.hdf5", "model.pt"]);
    assert.deepEqual(await unmatched(root, ["lost.pt", "folder.pt", "model.pt"]), ["lost.pt", "folder.pt"]);
});

test("a download takes the place of a link and leaves alone what it leads to", async (t) => {
    const { client } = await startS3();
    const [from, to, elsewhere] = [await scratchFolder(t), await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "model.pt": 100 });
    await uploadStage(client, from, prefix("links"), manifest);
    const precious = path.join(elsewhere, "precious");
    await writeFile(precious, "mine");
    await symlink(precious, path.join(to, "model.pt"));
    await downloadArtefacts(client, prefix("links"), to, manifest.artefacts);
    assert.equal(await readFile(precious, "utf8"), "mine");
    assert.ok((await lstat(path.join(to, "model.pt"))).isFile());
});

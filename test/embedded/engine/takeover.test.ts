// A stack that the Pulumi CLI (3.260) has made from the program of these tests; its files are under fixtures/takenOver.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { exportDeployment } from "../../../embedded/engine/index.ts";
import type { PlannedFile } from "../fixtures/files/plan.ts";
import { Bench } from "./bench.ts";

const fixture = path.join(import.meta.dirname, "../fixtures/takenOver");
const files: readonly PlannedFile[] = [
    { name: "a", text: "one" },
    { name: "b", text: "after <a.digest>", secret: true, component: "comp" },
    { name: "c", text: "c", dependsOn: ["b"] },
];

async function takenOver(context: TestContext): Promise<Bench> {
    const bench = await Bench.open(context);
    bench.passphrase = "x";
    await bench.plan(files);
    const placed = async (name: string): Promise<string> => {
        const text = await readFile(path.join(fixture, name), "utf8");
        return text.replaceAll("FOLDER", bench.folder).replaceAll("PLAN", path.join(bench.root, "plan.json"));
    };
    await writeFile(bench.stackFile, await placed("Pulumi.test.yaml"));
    await mkdir(path.dirname(bench.stateFile), { recursive: true });
    await writeFile(bench.stateFile, await placed("test.json"));
    for (const [name, text] of Object.entries({ a: "one", b: "after 7692c3ad", c: "c" })) {
        await writeFile(path.join(bench.folder, `${name}.txt`), text);
    }
    return bench;
}

test("a stack that Pulumi has made needs nothing done, and its secrets open", async (t) => {
    const bench = await takenOver(t);
    const result = await bench.up();
    assert.deepEqual([result.outcome, result.changes], ["succeeded", { same: 5 }]);
    assert.deepEqual(await bench.calls(), []);
    const outputs = await bench.outputs(true);
    assert.deepEqual(outputs.texts, { a: "one", b: "after 7692c3ad", c: "c" });
    assert.deepEqual((await bench.refresh()).changes, { same: 3 });
});

test("it is exported as Pulumi exports it, byte for byte", async (t) => {
    const bench = await takenOver(t);
    const { checkpoint } = JSON.parse(await readFile(bench.stateFile, "utf8")) as { checkpoint: { latest: object } };
    const expected = `${JSON.stringify({ version: 3, deployment: checkpoint.latest }, undefined, 4)}\n`;
    assert.equal(await exportDeployment(bench.settings(), { showSecrets: false }), expected);
});

test("it is edited and destroyed from here", async (t) => {
    const bench = await takenOver(t);
    await bench.made(files.map((file) => (file.name === "b" ? { ...file, text: "edited <a.digest>" } : file)));
    assert.deepEqual(await bench.calls(), ["update b txt"]);
    assert.deepEqual((await bench.destroy()).changes, { delete: 5 });
    assert.deepEqual(await bench.calls(), ["delete c txt", "delete b txt", "delete a txt"]);
    assert.deepEqual(await bench.files(), []);
});

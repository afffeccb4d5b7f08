// Runs the miniature Aframe's Python tests; each one counts as a test here.
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { execa } from "execa";

const checkout = path.resolve(import.meta.dirname, "../..");
const python = path.join(checkout, ".venv/bin/python");

interface Result {
    readonly name: string;
    readonly detail: string | null;
}

for (const part of ["physics", "training", "stages"]) {
    test(`the miniature's ${part}`, async (t) => {
        const script = path.join(import.meta.dirname, "miniature/results.py");
        const run = execa(python, [script, `test_${part}`], { cwd: checkout, reject: false });
        let count = 0;
        for await (const line of run.iterable()) {
            const { name, detail } = JSON.parse(line) as Result;
            count++;
            await t.test(name, () => {
                assert.ok(detail === null, detail ?? "");
            });
        }
        const { exitCode, stderr } = await run;
        assert.equal(exitCode, 0, stderr);
        assert.ok(count > 0, "no test was found");
    });
}

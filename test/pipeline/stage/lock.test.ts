// The lock that keeps two runs of a stage apart.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { lockStage, stopStages } from "../../../pipeline/stage/lock.ts";
import { lockFile } from "../../../pipeline/stage/paths.ts";
import { scratchFolder } from "../fixtures/artefacts.ts";

test("of many that come for a lock at the same time one gets it, and the others are told who has it", async (t) => {
    for (let round = 0; round < 20; round++) {
        const directory = await scratchFolder(t);
        const attempts = Array.from({ length: 6 }, () => lockStage(directory, "Fetch"));
        const results = await Promise.allSettled(attempts);
        const refusals = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
        assert.equal(refusals.length, 5);
        for (const refusal of refusals) {
            assert.match(refusal, new RegExp(`Fetch is being run by process ${process.pid} since `));
        }
        const held = lockFile(directory, "Fetch");
        assert.deepEqual(await readdir(path.dirname(held)), [path.basename(held)]);
    }
});

test("whoever looks while a lock is taken sees it whole or not at all, so that nobody takes it for a dead one", async (t) => {
    const directory = await scratchFolder(t);
    const file = lockFile(directory, "Fetch");
    for (let round = 0; round < 100; round++) {
        let taken = false as boolean;
        const taking = lockStage(directory, "Fetch").finally(() => {
            taken = true;
        });
        while (!taken) {
            if (existsSync(file)) {
                assert.notEqual(readFileSync(file, "utf8"), "");
            }
            await setImmediate();
        }
        await (await taking).release();
    }
});

test("a lock that was given back can be taken again, and leaves nothing", async (t) => {
    const directory = await scratchFolder(t);
    for (let round = 0; round < 2; round++) {
        await (await lockStage(directory, "Fetch")).release();
    }
    assert.deepEqual(await readdir(path.dirname(lockFile(directory, "Fetch"))), []);
    assert.deepEqual(await stopStages(directory), []);
});

// How far a transfer is, by what it tells.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Account } from "../../../pipeline/transfer/account.ts";
import { downloadArtefacts } from "../../../pipeline/transfer/download.ts";
import { describeProgress, Meter } from "../../../pipeline/transfer/progress.ts";
import { MovingRate } from "../../../pipeline/transfer/rate.ts";
import { uploadStage } from "../../../pipeline/transfer/upload.ts";
import { scratchFolder, writeArtefacts } from "../fixtures/artefacts.ts";
import { prefix, startS3 } from "../fixtures/s3.ts";

const { client } = await startS3();
const MiB = 1024 ** 2;

test("a rate is that of the last ten seconds, at the beginning of those that have passed", () => {
    const rate = new MovingRate(0);
    rate.add(500, 100);
    assert.equal(rate.perSecond(500), 500, "less than a second counts as one");
    rate.add(1500, 2000);
    assert.equal(rate.perSecond(4000), 500);
    assert.equal(rate.perSecond(10_000), 200);
    assert.equal(rate.perSecond(11_000), 150);
    assert.equal(rate.perSecond(12_001), 0);
});

test("bytes that have to be sent again lower the rate, but never below nothing", () => {
    const rate = new MovingRate(0);
    rate.add(1000, 0);
    rate.add(-400, 100);
    assert.equal(rate.perSecond(1000), 600);
    rate.add(-4000, 1000);
    assert.equal(rate.perSecond(1000), 0);
});

test("what remains is told by how fast it goes now, and not at all while nothing comes", () => {
    assert.equal(
        describeProgress({ planned: 10e9, done: 3e9, rate: 100e6 }),
        "3 GB of 10 GB (30 %), 100 MB/s, 1m 10s left",
    );
    assert.equal(describeProgress({ planned: 10e9, done: 3e9, rate: 0 }), "3 GB of 10 GB (30 %), 0 B/s");
    assert.equal(describeProgress({ planned: 0, done: 0, rate: 0 }), "0 B of 0 B (0 %), 0 B/s");
    assert.equal(describeProgress({ planned: 5, done: 5, rate: 5 }), "5 B of 5 B (100 %), 5 B/s");
});

test("an upload and a download tell each object while it travels, and come to what was planned", async (t) => {
    const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
    const manifest = await writeArtefacts(from, { "a.hdf5": 3 * MiB, "b.hdf5": 11 * MiB });
    for (const way of ["up", "down"]) {
        const meter = new Meter();
        const seen = new Map<string, number>();
        const options = {
            ...meter.listeners,
            multipartBytes: 6 * MiB,
            partBytes: 5 * MiB,
            onPlan: meter.plan,
            onBytes: (bytes: number) => {
                meter.add(bytes);
                for (const { name, size, done } of meter.snapshot().objects) {
                    assert.ok(done <= size);
                    seen.set(name, size);
                }
            },
        };
        if (way === "up") {
            await uploadStage(client, from, prefix("progress"), manifest, options);
        } else {
            meter.plan(14 * MiB);
            await downloadArtefacts(client, prefix("progress"), to, manifest.artefacts, options);
        }
        const { planned, done, objects } = meter.snapshot();
        assert.deepEqual({ planned, done, objects }, { planned: 14 * MiB, done: 14 * MiB, objects: [] });
        assert.deepEqual(Object.fromEntries(seen), { "a.hdf5": 3 * MiB, "b.hdf5": 11 * MiB });
    }
});

test("what was there already is neither planned nor done, but part of its object", () => {
    const meter = new Meter(() => 0);
    meter.plan(100);
    const object = meter.listeners.onObject({ name: "a", size: 100 });
    meter.listeners.onFound(40);
    object.onFound(40);
    meter.listeners.onBytes(10);
    object.onBytes(10);
    assert.deepEqual(meter.snapshot(), {
        planned: 60,
        done: 10,
        rate: 10,
        objects: [{ name: "a", size: 100, done: 50, rate: 10 }],
    });
    object.onEnd();
    assert.deepEqual(meter.snapshot().objects, []);
});

test("an object that is left for later leaves no trace in the progress", () => {
    const meter = new Meter();
    const account = new Account(meter, 100);
    account.listeners.onFound(30);
    account.listeners.onBytes(50);
    assert.deepEqual([meter.snapshot().planned, meter.snapshot().done], [70, 50]);
    account.cancel();
    assert.deepEqual([meter.snapshot().planned, meter.snapshot().done], [0, 0]);
});

// Training curves out of metrics.csv, as Lightning writes it and as runs that were broken off leave it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { mostPoints, readCurves, thin } from "../../../report/model/curves.ts";

const pointsOf = (texts: readonly string[], name: string) =>
    readCurves(texts).find((curve) => curve.name === name)?.points;

describe("training curves", () => {
    it("are the columns of numbers, without what a step does not have and without a line that was cut", () => {
        const csv = "epoch,step,train_loss,valid_auroc,lr-Adam\n0,10,0.5,,1e-3\r\n0,20,,0.8,\n0,30,0.4,,NaN\n1,40,0.3";
        assert.deepEqual(
            readCurves([csv]).map(({ name, kind, points, last }) => [name, kind, points, last]),
            [
                [
                    "train_loss",
                    "loss",
                    [
                        [10, 0.5],
                        [30, 0.4],
                    ],
                    0.4,
                ],
                ["lr-Adam", "learning rate", [[10, 0.001]], 0.001],
                ["valid_auroc", "validation", [[20, 0.8]], 0.8],
            ],
        );
    });

    it("go on where the run before was lost: the later version's steps count", () => {
        const lost = "step,train_loss\n10,0.9\n20,0.8\n30,0.7\n";
        const resumed = "step,train_loss\n20,0.6\n30,0.5\n40,0.4\n";
        assert.deepEqual(pointsOf([lost, resumed], "train_loss"), [
            [10, 0.9],
            [20, 0.6],
            [30, 0.5],
            [40, 0.4],
        ]);
    });

    it("count lines where there is no step, and are none without lines", () => {
        assert.deepEqual(pointsOf(["loss\n3\n2\n"], "loss"), [
            [0, 3],
            [1, 2],
        ]);
        for (const text of ["", "step,loss\n", "step,loss\n1,"]) assert.deepEqual(readCurves([text]), []);
    });

    it("are read and thinned however long they are", () => {
        const rows = Array.from({ length: 300_000 }, (_, step) => `${step},${1 / (step + 1)}\n`);
        const [curve] = readCurves([`step,train_loss\n${rows.join("")}`]);
        assert.ok(curve && curve.points.length <= mostPoints);
        assert.deepEqual([curve.points[0], curve.points.at(-1)?.[0]], [[0, 1], 299_999]);
    });

    it("tell throughput and validation loss from training loss", () => {
        const csv = "step,val_loss,samples_per_sec,grad_norm\n1,2,3,4\n";
        assert.deepEqual(
            readCurves([csv]).map(({ kind }) => kind),
            ["validation", "throughput", "other"],
        );
    });
});

describe("thinning", () => {
    it("keeps ends, peaks and order, whatever the points", () => {
        const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 300 });
        fc.assert(
            fc.property(values, fc.integer({ min: 4, max: 100 }), (ys, most) => {
                const points = ys.map((y, x) => [x, y] as const);
                const kept = thin(points, most);
                assert.ok(kept.length <= most);
                assert.deepEqual([kept[0], kept.at(-1)], [points[0], points.at(-1)]);
                assert.deepEqual(
                    kept,
                    points.filter((point) => kept.includes(point)),
                );
                const least = (all: readonly (readonly [number, number])[]) => Math.min(...all.map(([, y]) => y));
                assert.equal(least(kept), least(points));
            }),
        );
    });
});

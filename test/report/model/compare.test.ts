// What tells several experiments from each other.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { differencesOf, ratiosTo, volumeAt } from "../../../report/model/compare.ts";
import type { ExperimentReport, Setting } from "../../../report/model/report.ts";
import { empty, trained } from "../fixtures/sample.ts";

const withSettings = (name: string, values: Readonly<Record<string, string>>): ExperimentReport => ({
    ...empty(name),
    settings: Object.entries(values).map(([title, value]): Setting => {
        const [section = "", key = ""] = title.split(".");
        return { section, key, value, differs: true, origin: "base.cfg:1" };
    }),
});

describe("the settings that differ", () => {
    it("are not those that are written differently, nor places of the experiments' own", () => {
        const one = withSettings("one", {
            "a.number": "1_000",
            "a.file": "/home/u/one/train.yaml",
            "luigi_paths.x": "1",
            "a.b": "1",
        });
        const two = withSettings("two", {
            "a.number": "1000.0",
            "a.file": "/home/u/two/train.yaml",
            "luigi_paths.x": "2",
            "a.c": "1",
        });
        assert.deepEqual(differencesOf([one, two]), [
            { section: "a", key: "b", values: ["1", undefined] },
            { section: "a", key: "c", values: [undefined, "1"] },
        ]);
    });
});

describe("the ratio of sensitive volumes", () => {
    it("is to the first experiment that has one", () => {
        const [first] = ratiosTo([empty(), trained("base"), trained("better", { gain: 2 })]);
        assert.deepEqual(
            [first?.pair, first?.first, first?.series.map(({ name }) => name)],
            ["35-35", "base", ["better"]],
        );
        assert.deepEqual(
            first?.series[0]?.points.map(([, ratio]) => ratio),
            Array.from({ length: 7 }, () => 2),
        );
    });

    it("is none where there is nothing to hold against", () => {
        assert.deepEqual(ratiosTo([empty(), trained("only")]), []);
    });

    it("reads between two rates as the plot draws it, and nothing outside of them", () => {
        const volume = { falseAlarmRates: [1, 100], pairs: [{ name: "1-1", volumes: [2, 4], errors: [0, 0] }] };
        assert.deepEqual(
            [1, 10, 100, 0.5, 200].map((far) => volumeAt(volume, "1-1", far)),
            [2, 3, 4, undefined, undefined],
        );
        assert.equal(volumeAt(volume, "2-2", 10), undefined);
    });
});

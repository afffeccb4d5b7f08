// Where times are on the timeline.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Span } from "../../../report/model/report.ts";
import { timeScale } from "../../../report/page/timeScale.ts";
import { at } from "../fixtures/sample.ts";

const span = (began: string, ended?: string): Span => ({
    row: "A",
    kind: "stage",
    began: at(began),
    ...(ended !== undefined && { ended: at(ended) }),
});
const ms = (clock: string) => new Date(at(clock)).getTime();
const now = new Date(at("12:00"));

describe("the scale of a timeline", () => {
    it("is in proportion while something runs", () => {
        const { at: place, cuts } = timeScale([span("10:00", "10:30"), span("10:30", "11:00")], now);
        assert.deepEqual([ms("10:00"), ms("10:15"), ms("11:00")].map(place), [0, 250, 1000]);
        assert.deepEqual(cuts, []);
    });

    it("cuts a long break, and keeps the rest in proportion and in order", () => {
        const { at: place, cuts } = timeScale([span("01:00", "01:10"), span("09:00", "09:30")], now);
        assert.deepEqual(
            [ms("01:00"), ms("01:10"), ms("09:00"), ms("09:30")].map(place).map(Math.round),
            [0, 243, 273, 1000],
        );
        assert.deepEqual(
            cuts.map(({ seconds }) => seconds),
            [7 * 3600 + 50 * 60],
        );
        const inside = place(ms("05:00"));
        assert.ok(inside > 243 && inside < 273);
    });

    it("reaches until now for what goes on, and has room for a moment", () => {
        assert.equal(timeScale([span("11:00")], now).at(now.getTime()), 1000);
        assert.ok(Number.isFinite(timeScale([span("11:00", "11:00")], now).at(ms("11:00"))));
    });
});

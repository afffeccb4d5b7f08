import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseQuantity } from "../../../preview/policy/quantity.ts";

const right: readonly (readonly [string | number, number])[] = [
    ["0", 0],
    [4, 4],
    ["500m", 0.5],
    ["250u", 0.00025],
    ["80G", 80e9],
    ["81500M", 81.5e9],
    ["50Gi", 50 * 2 ** 30],
    ["1.5Gi", 1.5 * 2 ** 30],
    [".5", 0.5],
    ["5.", 5],
    ["2Ki", 2048],
    ["3k", 3000],
    ["1E", 1e18],
    ["1e3", 1000],
    ["12E2", 1200],
    ["1Ei", 2 ** 60],
];

const wrong = ["", "G", "12 GB", "12GB", "1.2.3", "-1", "1KI", "K", "1K", "0x10", "1e", "1Gie3"];

describe("a Kubernetes quantity", () => {
    for (const [given, value] of right) {
        it(`reads ${JSON.stringify(given)}`, () => {
            const parsed = parseQuantity(given);
            assert.equal(parsed?.text, String(given));
            assert.ok(Math.abs(parsed.value - value) <= value * 1e-12, `${parsed.value} is not ${value}`);
        });
    }

    for (const given of wrong) {
        it(`is not ${JSON.stringify(given)}`, () => {
            assert.equal(parseQuantity(given), undefined);
        });
    }
});

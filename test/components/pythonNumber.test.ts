import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import fc from "fast-check";
import { pythonFloat } from "../../components/pythonNumber.ts";

describe("pythonFloat", () => {
    it("writes whole numbers with a decimal point", () => {
        assert.deepEqual([2048, 1.5, 0, -3].map(pythonFloat), ["2048.0", "1.5", "0.0", "-3.0"]);
    });

    it("writes every number as Python itself does", () => {
        const edges = [1e-4, 9.9e-5, 1e15, 1e16, 1.5e16, 123456789012345680, 1e-7, 1.25e-10, 1e300, 0.1, 5e-324];
        const numbers = [...edges, ...fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 500)];
        const script = "import json,sys\nfor x in json.load(sys.stdin): print(repr(float(x)))";
        const printed = execFileSync("python3", ["-c", script], { input: JSON.stringify(numbers), encoding: "utf8" });
        // JSON has no negative zero.
        const expected = numbers.map((number) => pythonFloat(number === 0 ? 0 : number));
        assert.deepEqual(expected, printed.trim().split("\n"));
    });
});

// How many transfers run at once, and what the failure of one means for the others.
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { TransferOptions } from "../../../pipeline/transfer/options.ts";
import { eachObject } from "../../../pipeline/transfer/sideBySide.ts";

const small = { size: 64_000 };
const big = { size: 25_000_000 };

/** The most of each kind that ever ran at once. */
async function mostAtOnce(objects: readonly { readonly size: number }[], options: TransferOptions = {}) {
    const running = { small: 0, big: 0 };
    const most = { ...running };
    await eachObject(objects, options, async ({ size }) => {
        const kind = size === small.size ? "small" : "big";
        running[kind]++;
        most[kind] = Math.max(most[kind], running[kind]);
        await turn();
        running[kind]--;
    });
    return most;
}

describe("the objects of a transfer", () => {
    it("travel eight at once, and three times as many small ones beside them", async () => {
        const objects = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? small : big));
        assert.deepEqual(await mostAtOnce(objects), { small: 24, big: 8 });
        assert.deepEqual(await mostAtOnce(objects, { parallel: 2 }), { small: 2, big: 2 });
    });

    it("all stop when one fails, whatever their size, before the failure is told", async () => {
        let ended = 0;
        const failure = new Error("no space");
        const transfers = eachObject([big, small, small], {}, async ({ size }, { signal }) => {
            if (size === big.size) throw failure;
            await once(signal, "abort");
            await turn();
            ended++;
        });
        await assert.rejects(transfers, failure);
        assert.equal(ended, 2);
    });
});

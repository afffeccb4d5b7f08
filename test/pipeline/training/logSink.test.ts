// Where a log goes.
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import fc from "fast-check";
import { jsonSink, type LogPiece, plainSink } from "../../../pipeline/training/logSink.ts";

const place = { pod: "p", container: "train" };

async function jsonOf(pieces: readonly LogPiece[]): Promise<unknown[]> {
    const out = new PassThrough();
    const shown = text(out);
    const sink = jsonSink(out);
    await sink.begin(place);
    for (const piece of pieces) await sink.write([piece]);
    await sink.end();
    out.end();
    return (await shown)
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown);
}

describe("a log as JSON", () => {
    it("is an object for each line, wherever it was cut", async () => {
        assert.deepEqual(
            await jsonOf([
                { time: "t1", text: "epo" },
                { time: "t1", text: "ch 1\n" },
                { time: "t2", text: "\n" },
                { text: "unable\nto retrieve" },
            ]),
            [
                { time: "t1", ...place, line: "epoch 1" },
                { time: "t2", ...place, line: "" },
                { ...place, line: "unable" },
                { ...place, line: "to retrieve" },
            ],
        );
    });

    it("has the same lines as the text", async () => {
        const chunks = fc.array(fc.string({ unit: fc.constantFrom("a", " ", '"', "\n", "\r", "🌊") }));
        await fc.assert(
            fc.asyncProperty(chunks, async (texts) => {
                const out = new PassThrough();
                const shown = text(out);
                await plainSink(out).write(texts.map((one) => ({ text: one })));
                out.end();
                const lines = (await shown).split("\n");
                const found = (await jsonOf(texts.map((one) => ({ text: one })))) as { line: string }[];
                assert.deepEqual(
                    found.map(({ line }) => line),
                    lines.at(-1) === "" ? lines.slice(0, -1) : lines,
                );
            }),
        );
    });

    it("tells whose a line is when another container follows, whatever the last one left unfinished", async () => {
        const out = new PassThrough();
        const shown = text(out);
        const sink = jsonSink(out);
        await sink.begin(place);
        await sink.write([{ time: "t1", text: "killed" }]);
        await sink.begin({ pod: "q", container: "train" });
        await sink.write([{ time: "t2", text: "going on\n" }]);
        out.end();
        assert.equal(
            await shown,
            '{"time":"t1","pod":"p","container":"train","line":"killed"}\n' +
                '{"time":"t2","pod":"q","container":"train","line":"going on"}\n',
        );
    });
});

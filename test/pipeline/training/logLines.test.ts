// Reading a log with timestamps, over connections that break anywhere.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LogLines } from "../../../pipeline/training/logLines.ts";

/** @param time - in milliseconds */
const stamp = (time: number) => new Date(Date.UTC(2026, 2, 1, 10) + time).toISOString().replace("Z", "000000Z");

/** The text of what is new. */
const taken = (lines: LogLines, chunk: string) =>
    lines
        .take(chunk)
        .map(({ text }) => text)
        .join("");

describe("the lines of a log", () => {
    it("come without their timestamps, also in the middle of one", () => {
        const lines = new LogLines();
        const log = `${stamp(1000)} epoch 1\n${stamp(2000)} \n${stamp(3000)} half`;
        assert.equal(Array.from(log, (letter) => taken(lines, letter)).join(""), "epoch 1\n\nhalf");
        assert.ok((lines.since ?? "") < stamp(3000));
    });

    it("keep what is no line of the container, such as the words of the cluster", () => {
        const lines = new LogLines();
        assert.equal(
            taken(lines, `${stamp(1000)} epoch 1\nunable to retrieve\nmore\n`),
            "epoch 1\nunable to retrieve\nmore\n",
        );
        assert.ok((lines.since ?? "") < stamp(1000));
    });

    it("are all there when one bears an earlier time than the line before", () => {
        const lines = new LogLines();
        assert.equal(taken(lines, `${stamp(2)} error\n${stamp(1)} epoch 1\n`), "error\nepoch 1\n");
    });

    it("bear the time at which they were written, but for the words of the cluster", () => {
        const lines = new LogLines();
        const log = `${stamp(2)} error\n${stamp(1)} epo`;
        assert.deepEqual(
            [log, "ch 1\nunable to retrieve\n"].flatMap((chunk) => lines.take(chunk)),
            [
                { time: stamp(2), text: "error\n" },
                { time: stamp(1), text: "epo" },
                { time: stamp(1), text: "ch 1\n" },
                { text: "unable to retrieve\n" },
            ],
        );
    });

    it("are each there once, wherever connections break and chunks begin", () => {
        const text = fc.constantFrom("", "a", "a b", "c\rd");
        const step = fc.constantFrom(0, 0, 1, 700, 5000);
        const words = fc.array(fc.tuple(text, step, fc.constantFrom(0, 0, 300)));
        const cuts = fc.array(fc.nat(300), { maxLength: 4 });
        fc.assert(
            fc.property(words, cuts, fc.integer({ min: 1, max: 7 }), (parts, breaks, size) => {
                const timeOf = (index: number) => parts.slice(0, index + 1).reduce((sum, [, more]) => sum + more, 400);
                const written = parts.map(([words, , early], index) => ({ words, time: timeOf(index) - early }));
                const lines = new LogLines();
                let shown = "";
                for (const length of [...breaks, Number.POSITIVE_INFINITY]) {
                    lines.reconnect();
                    // As a kubelet does it: whole seconds, and each line by itself.
                    const since = `${(lines.since ?? "").slice(0, 19)}.000000000Z`;
                    const sent = written.filter(({ time }) => stamp(time) >= since || lines.since === undefined);
                    const log = sent
                        .map((line) => `${stamp(line.time)} ${line.words}\n`)
                        .join("")
                        .slice(0, length);
                    for (let at = 0; at < log.length; at += size) {
                        shown += taken(lines, log.slice(at, at + size));
                    }
                }
                assert.equal(shown, written.map((line) => `${line.words}\n`).join(""));
            }),
            { numRuns: 1000 },
        );
    });
});

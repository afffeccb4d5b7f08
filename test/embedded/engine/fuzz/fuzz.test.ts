// Thousands of random programs, edits, failures and crashes, each played against the engine's promises.
//
//   AFRAME_FUZZ_SEED=<seed>[,<path>]  plays again what a run has printed
//   AFRAME_FUZZ_RUNS=<count>          more or fewer sequences than usual
import { describe, test } from "node:test";
import fc from "fast-check";
import { play } from "./play.ts";
import { sequences } from "./sequence.ts";

const [seedText = "", path] = (process.env.AFRAME_FUZZ_SEED ?? "").split(",");
const seed = seedText === "" ? Date.now() % 2 ** 31 : Number(seedText);
const numRuns = Number(process.env.AFRAME_FUZZ_RUNS ?? "2000");

describe("random lives of stacks", () => {
    test(`keep every promise in ${numRuns} sequences`, async () => {
        const details = await fc.check(fc.asyncProperty(sequences, play), {
            seed,
            numRuns,
            ...(path === undefined ? {} : { path }),
        });
        if (!details.failed) return;
        const { counterexample, counterexamplePath, errorInstance } = details;
        const again = `AFRAME_FUZZ_SEED=${details.seed},${String(counterexamplePath)}`;
        throw new Error(
            `${String(errorInstance)}\n\nplay it again with\n` +
                `  ${again} npx node --test test/embedded/engine/fuzz/fuzz.test.ts\n\n` +
                `the smallest sequence that shows it:\n${JSON.stringify(counterexample?.[0], undefined, 1)}`,
            { cause: errorInstance },
        );
    });
});

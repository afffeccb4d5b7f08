// Thousands of random programs, edits, failures and crashes, each played against the engine's promises.
//
//   AFRAME_FUZZ_SEED=<seed>[,<path>]  other sequences than usual; with a path, the very one that a run has printed
//   AFRAME_FUZZ_SEED=random           others each time
//   AFRAME_FUZZ_RUNS=<count>          more or fewer sequences than usual
import { randomInt } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { play } from "./play.ts";
import { sequences } from "./sequence.ts";

const usualSeed = 20_150_914;
const usualRuns = 2000;
const largestSeed = 2 ** 31;

function whole(name: string, text: string): number {
    if (!/^-?\d+$/.test(text)) throw new Error(`${name} must be a whole number, not ${JSON.stringify(text)}`);
    return Number(text);
}

function parameters({ AFRAME_FUZZ_SEED, AFRAME_FUZZ_RUNS }: NodeJS.ProcessEnv) {
    const [seed = "", path] = (AFRAME_FUZZ_SEED || String(usualSeed)).split(",");
    return {
        seed: seed === "random" ? randomInt(largestSeed) : whole("AFRAME_FUZZ_SEED", seed),
        numRuns: whole("AFRAME_FUZZ_RUNS", AFRAME_FUZZ_RUNS || String(usualRuns)),
        path,
    };
}

const { seed, numRuns, path } = parameters(process.env);

describe("random lives of stacks", () => {
    test(`keep every promise in ${numRuns} sequences of seed ${seed}`, async () => {
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

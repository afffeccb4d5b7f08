// Random sequences: edits of a program, and operations that fail, are stopped or killed on the way.
import fc from "fast-check";
import type { Fault } from "../laboratory/provider.ts";
import { type Edit, editNames } from "./model.ts";

export interface Step {
    readonly edits: readonly Edit[];
    readonly operation: "up" | "preview" | "refresh" | "destroy";
    /** Which call of those that change or read something fails, counted from 0, and how. */
    readonly faults: readonly { readonly call: number; readonly fault: Fault }[];
    readonly killAt: number | undefined;
    readonly stopAt: number | undefined;
    /** What happens outside: a thing vanishes, or is edited by hand. */
    readonly outside: { readonly what: "vanish" | "drift"; readonly which: number } | undefined;
    /** In which order steps overlap. */
    readonly schedule: number;
}

const small = fc.nat({ max: 30 });

const edit: fc.Arbitrary<Edit> = fc.record({ what: fc.constantFrom(...editNames), which: small, other: small });
const addition: fc.Arbitrary<Edit> = fc.record({ what: fc.constant("add" as const), which: small, other: small });

const step: fc.Arbitrary<Step> = fc.record({
    edits: fc.array(fc.oneof({ weight: 3, arbitrary: edit }, { weight: 1, arbitrary: addition }), { maxLength: 4 }),
    operation: fc.oneof(
        { weight: 8, arbitrary: fc.constant("up" as const) },
        { weight: 1, arbitrary: fc.constantFrom("preview" as const, "refresh" as const, "destroy" as const) },
    ),
    faults: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        {
            weight: 1,
            arbitrary: fc.array(
                fc.record({
                    call: fc.nat({ max: 8 }),
                    fault: fc.constantFrom<Fault>("refuse", "spoil", "half", "lose", "loseAfter"),
                }),
                { minLength: 1, maxLength: 2 },
            ),
        },
    ),
    killAt: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined, freq: 2 }),
    stopAt: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined, freq: 8 }),
    outside: fc.option(fc.record({ what: fc.constantFrom("vanish" as const, "drift" as const), which: small }), {
        nil: undefined,
        freq: 10,
    }),
    schedule: fc.nat(),
});

export interface Sequence {
    readonly start: readonly Edit[];
    readonly steps: readonly Step[];
}

export const sequences: fc.Arbitrary<Sequence> = fc.record({
    start: fc.array(addition, { minLength: 1, maxLength: 7 }),
    steps: fc.array(step, { minLength: 1, maxLength: 5 }),
});

/** A sequence of numbers that only its seed decides. */
export function randomNumbers(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

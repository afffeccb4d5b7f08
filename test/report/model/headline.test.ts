// How an experiment stands, in a word, and what is next.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type HeadlineFacts, headlineOf } from "../../../report/model/headline.ts";
import type { StageReport } from "../../../report/model/report.ts";

const stage = (name: string, state: StageReport["state"], kind: "runs" | "up to date" = "up to date"): StageReport => ({
    name,
    needs: [],
    state,
    verdict: { kind, reason: "" },
});
const nothing = { name: "exp", stages: [], mistakes: [], isDestroyed: false, isBlind: false };
const told = (facts: Partial<HeadlineFacts>) => {
    const { state, text, next } = headlineOf({ ...nothing, ...facts });
    return `${state}: ${text} -> ${next}`;
};
const up = "aframe up --stack exp";

describe("the headline of an experiment", () => {
    for (const [facts, expected] of [
        [{}, `not run: nothing has been made yet -> ${up} runs it`],
        [
            { stages: [stage("A", "made"), stage("B", "made")] },
            "done: all stages are made and up to date -> Nothing is left to do",
        ],
        [
            { stages: [stage("A", "made"), stage("B", "made", "runs")] },
            `outdated: 2 of 2 stages made; an edit came after -> ${up} runs B`,
        ],
        [
            { stages: [stage("A", "made"), stage("B", "not made", "runs")] },
            `stopped: 1 of 2 stages made -> ${up} goes on with B`,
        ],
        [
            { stages: [stage("A", "stopped"), stage("B", "made")] },
            `stopped: A was stopped before its end -> ${up} goes on from there`,
        ],
        [{ stages: [stage("A", "damaged")] }, `outdated: files of A are missing or changed -> ${up} makes them again`],
        [
            { stages: [stage("A", "running"), stage("B", "failed")] },
            `failed: B failed -> Read the cause below, then ${up}`,
        ],
        [{ stages: [stage("A", "running")] }, "running: A at work -> Nothing: an operation is under way"],
        [
            { stages: [stage("A", "made")], training: { state: "waiting", reason: "no node is free" } },
            `waiting: no node is free -> Nothing: ${up} waits for it and goes on`,
        ],
        [{ isDestroyed: true }, `destroyed: the stack has been destroyed -> ${up} runs it anew`],
        [
            { stages: [stage("A", "made"), stage("B", "not made", "runs")], isDestroyed: true },
            `destroyed: the stack has been destroyed; what 1 of 2 stages made is kept -> Nothing, or ${up}, which takes up what is kept`,
        ],
        [
            { stages: [stage("A", "made")], mistakes: ["base.cfg:3: seed: x is not a number"] },
            "unknown: base.cfg:3: seed: x is not a number -> Put it right; aframe check --stack exp tells more",
        ],
    ] as const) {
        it(`is "${expected}"`, () => {
            assert.equal(told(facts), expected);
        });
    }
});

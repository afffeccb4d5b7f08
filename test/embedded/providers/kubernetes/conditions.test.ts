import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { judgeClaim, judgeJob, parseWaitFor } from "../../../../embedded/providers/kubernetes/conditions.ts";
import type { PropertyMap } from "../../../../embedded/state/propertyValues.ts";

function job(type: string, status: string, reason = "", message = ""): PropertyMap {
    return { kind: "Job", status: { conditions: [{ type, status, reason, message }] } };
}

describe("a Job", () => {
    it("is done when it is complete", () => {
        assert.equal(judgeJob(job("Complete", "True")), "done");
    });

    for (const [reason, message] of [
        ["BackoffLimitExceeded", "Job has reached the specified backoff limit"],
        ["DeadlineExceeded", "Job was active longer than specified deadline"],
        [
            "PodFailurePolicy",
            "Container train for pod physics/train-x failed with exit code 65 matching FailJob rule at index 1",
        ],
    ] as const) {
        it(`has failed with ${reason}, whatever the reason is`, () => {
            const failed = `the Job failed: ${reason}: ${message}`;
            assert.deepEqual(judgeJob(job("Failed", "True", reason, message)), { failed });
        });
    }

    it("goes on while its failure is only on its way", () => {
        const status = { conditions: [{ type: "FailureTarget", status: "True" }], active: 1, failed: 2 };
        const waiting = "the Job has not ended; pods: 1 active, 0 ready, 0 succeeded, 2 failed";
        assert.deepEqual(judgeJob({ kind: "Job", status }), { waiting });
    });

    it("has not ended before its controller has seen it, nor while it is suspended", () => {
        assert.ok("waiting" in (judgeJob({ kind: "Job" }) as object));
        assert.deepEqual(judgeJob(job("Suspended", "True")), { waiting: "the Job is suspended" });
    });
});

describe("a claim", () => {
    const cases = [
        ["Bound", "Immediate", "done"],
        ["Bound", "WaitForFirstConsumer", "done"],
        ["Pending", "WaitForFirstConsumer", "done"],
        ["Pending", undefined, "done"],
        ["Pending", "Immediate", { waiting: "the claim has no volume yet" }],
        ["", "Immediate", { waiting: "the claim has no volume yet" }],
        ["Lost", "Immediate", { failed: "the claim lost its volume" }],
    ] as const;
    for (const [phase, mode, verdict] of cases) {
        const how = typeof verdict === "string" ? verdict : Object.keys(verdict).join("");
        it(`in phase ${phase || "none"} with a class that binds ${mode ?? "as nobody may know"} is ${how}`, () => {
            assert.deepEqual(judgeClaim(mode)({ status: { phase } }), verdict);
        });
    }
});

describe("pulumi.com/waitFor", () => {
    const live: PropertyMap = {
        metadata: { generation: 2 },
        status: {
            startTime: "2026-01-01T00:00:00Z",
            active: 1,
            phase: "Running",
            conditions: [
                { type: "Ready", status: "True" },
                { type: "Stuck", status: "False" },
            ],
        },
    };
    const cases: readonly (readonly [string, boolean])[] = [
        ["jsonpath={.status.startTime}", true],
        ["jsonpath={$.status.startTime}", true],
        ["jsonpath={ .status.startTime }", true],
        ["jsonpath={.status.completionTime}", false],
        ["jsonpath={.status.phase}=Running", true],
        ["jsonpath={.status.phase}=Failed", false],
        ["jsonpath={.status.active}=1", true],
        ['jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', true],
        ['jsonpath={.status.conditions[?@.type=="Ready"].status}=True', true],
        ['jsonpath={.status.conditions[?@.type=="Stuck"].status}=True', false],
        ["condition=Ready", true],
        ["condition=Stuck", false],
        ["condition=Stuck=False", true],
        ["condition=Absent", false],
        ['["condition=Ready", "jsonpath={.status.startTime}"]', true],
        ['["condition=Ready", "condition=Stuck"]', false],
    ];
    for (const [annotation, met] of cases) {
        it(`${met ? "is" : "is not"} met by ${annotation}`, () => {
            assert.equal(parseWaitFor(annotation)(live) === "done", met);
        });
    }

    it("is not met by what a controller said of an older generation", () => {
        const judge = parseWaitFor("jsonpath={.status.startTime}");
        const seen = (observedGeneration: number): PropertyMap => ({
            ...live,
            status: { ...(live.status as PropertyMap), observedGeneration },
        });
        assert.deepEqual(judge(seen(1)), { waiting: "not yet jsonpath={.status.startTime}" });
        assert.equal(judge(seen(2)), "done");
    });

    it("names the forms that it can have", () => {
        for (const wrong of ["startTime", "jsonpath=.status.startTime", "jsonpath={.a}=", "[]", "condition="]) {
            assert.throws(() => parseWaitFor(wrong), /is none of jsonpath=\{\.path\}|the list is empty/);
        }
    });
});

test("a path is not a program", () => {
    const judge = parseWaitFor('jsonpath={.status[?(@.constructor.constructor("globalThis.broken = true")())]}');
    try {
        judge({ status: { a: {} } });
    } catch {
        // Refused, which is as good.
    }
    assert.equal("broken" in globalThis, false);
});

// Checks are asked side by side, each for a bounded time, and no check can stop another.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Blocked, type Check, type CheckResult, type Finding } from "../../../preview/preflight/check.ts";
import { type Report, runChecks } from "../../../preview/preflight/run.ts";

function check(name: string, run: (signal: AbortSignal) => Promise<CheckResult>): Check {
    return { group: "S3", name, run };
}

function finding(level: Finding["level"]): Finding {
    return { level, problem: { message: `a matter of ${level}` } };
}

function sees(summary: string, ...levels: Finding["level"][]): Check {
    return check(summary, () => Promise.resolve({ summary, findings: levels.map(finding) }));
}

const never = (): Promise<CheckResult> => new Promise(() => undefined);

describe("running checks", () => {
    const rows: readonly [string, Check, Report["status"]][] = [
        ["nothing found", sees("fine"), "passed"],
        ["an error", sees("bad", "warning", "error", "unknown"), "failed"],
        ["a warning", sees("doubtful", "unknown", "warning"), "warned"],
        ["something the user may not see", sees("hidden", "unknown"), "unknown"],
    ];
    for (const [what, one, status] of rows) {
        it(`calls a check with ${what} ${status}`, async () => {
            const [report] = await runChecks([one]);
            assert.equal(report?.status, status);
            assert.equal(report.summary, one.name);
        });
    }

    it("keeps the order of the checks, and tells of each as it ends", async () => {
        const slow = check("slow", async () => {
            await sleep(30);
            return { summary: "at last" };
        });
        const told: string[] = [];
        const reports = await runChecks([slow, sees("fast")], { onReport: ({ name }) => told.push(name) });
        assert.deepEqual(
            reports.map(({ name }) => name),
            ["slow", "fast"],
        );
        assert.deepEqual(told, ["fast", "slow"]);
    });

    it("gives up a check that does not answer, even one that does not listen, and warns", async () => {
        const [report] = await runChecks([check("silent", never)], { timeLimitMs: 20 });
        assert.equal(report?.status, "warned");
        assert.equal(report.findings[0]?.problem.message, "S3: silent: no answer within 0.02 s");
    });

    it("tells a check that its time is over", async () => {
        let told = false;
        const listening = check("listening", (signal) => {
            signal.addEventListener("abort", () => {
                told = true;
            });
            return never();
        });
        await runChecks([listening], { timeLimitMs: 20 });
        assert.ok(told);
    });

    it("skips a check that depends on one that failed, without a finding of its own", async () => {
        const blocked = check("rights", () => Promise.reject(new Blocked("the kubeconfig cannot be used")));
        const [report] = await runChecks([blocked]);
        assert.equal(report?.status, "skipped");
        assert.equal(report.summary, "the kubeconfig cannot be used");
        assert.deepEqual(report.findings, []);
    });

    it("turns an unforeseen failure of one check into a warning, and finishes the others", async () => {
        const broken = check("broken", () => Promise.reject(new TypeError("no such thing")));
        const reports = await runChecks([broken, sees("fine")]);
        assert.deepEqual(
            reports.map(({ status }) => status),
            ["warned", "passed"],
        );
        assert.match(reports[0]?.summary ?? "", /^could not be told: no such thing$/);
    });

    it("ends as a whole when the user stops it", async () => {
        const controller = new AbortController();
        const running = runChecks([check("silent", never)], { signal: controller.signal });
        controller.abort();
        await assert.rejects(running, { name: "AbortError" });
    });
});

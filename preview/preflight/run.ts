// Asks all questions at once, each for a bounded time.
import { Blocked, type Check, type CheckResult, type Finding } from "./check.ts";

export type CheckStatus = "passed" | "failed" | "warned" | "unknown" | "skipped";

/** How a check went. */
export interface Report extends Required<CheckResult> {
    readonly group: Check["group"];
    readonly name: string;
    readonly status: CheckStatus;
    readonly seconds: number;
}

export interface RunOptions {
    /** Of each check. @default 4000 */
    readonly timeLimitMs?: number;
    /** Called as each check ends. */
    readonly onReport?: (report: Report) => void;
    readonly signal?: AbortSignal;
}

/** In the order of `checks`. */
export function runChecks(checks: readonly Check[], options: RunOptions = {}): Promise<Report[]> {
    return Promise.all(
        checks.map(async (check) => {
            const report = await runCheck(check, options);
            options.onReport?.(report);
            return report;
        }),
    );
}

async function runCheck(check: Check, { timeLimitMs = 4000, signal }: RunOptions): Promise<Report> {
    const start = performance.now();
    const { group, name } = check;
    const { status, result } = await outcomeOf(check, timeLimitMs, signal);
    return { group, name, status, seconds: (performance.now() - start) / 1000, findings: [], ...result };
}

interface Outcome {
    readonly status: CheckStatus;
    readonly result: CheckResult;
}

async function outcomeOf(check: Check, timeLimitMs: number, signal: AbortSignal | undefined): Promise<Outcome> {
    const limit = AbortSignal.timeout(timeLimitMs);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
        // A check that does not heed the signal must not hold up the others either.
        const result = await Promise.race([check.run(either), aborted(either)]);
        return { status: statusOf(result.findings ?? []), result };
    } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof Blocked) {
            return { status: "skipped", result: { summary: error.message } };
        }
        const reason = error instanceof Error ? error.message : String(error);
        const summary = limit.aborted ? `no answer within ${timeLimitMs / 1000} s` : `could not be told: ${reason}`;
        const problem = { message: `${check.group}: ${check.name}: ${summary}` };
        return { status: "warned", result: { summary, findings: [{ level: "warning", problem }] } };
    }
}

function statusOf(findings: readonly Finding[]): CheckStatus {
    const has = (level: Finding["level"]) => findings.some((finding) => finding.level === level);
    return has("error") ? "failed" : has("warning") ? "warned" : has("unknown") ? "unknown" : "passed";
}

function aborted(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
            reject(signal.reason as Error);
        });
    });
}

// Whether this machine's clock agrees with the server's: S3 refuses requests that are 15 minutes off.
import prettyMs from "pretty-ms";
import type { CheckResult } from "../check.ts";
import type { Storage } from "./questions.ts";
import { answerOr, answerTo, Refused } from "./refusal.ts";

const doubtMs = 60_000;
const limitMs = 15 * 60_000;

export async function checkClock({ questions }: Storage, signal: AbortSignal): Promise<CheckResult> {
    const { here, there: told } = await answerTo(questions.server(signal));
    // The server judges by its own clock, and the date may be that of a proxy. Other refusals tell nothing about time.
    const answer = await answerOr(["clock"], questions.buckets(signal)).catch(() => undefined);
    const refusal = answer instanceof Refused ? answer : undefined;
    const there = serverTime(refusal?.cause) ?? told;
    if (there === undefined) return { summary: "the server tells no time" };
    const behindMs = there.getTime() - here.getTime();
    const isRefused = refusal !== undefined || Math.abs(behindMs) >= limitMs;
    const summary = describe(behindMs);
    if (!isRefused && Math.abs(behindMs) <= doubtMs) return { summary };
    const times = `here it is ${here.toISOString()}, there ${there.toISOString()}`;
    const end = isRefused ? ", and S3 refuses requests that are 15 minutes off" : "";
    const message = `this machine's clock is ${summary}: ${times}${end}`;
    const suggestion = "set the clock, best by NTP: timedatectl set-ntp true";
    return { summary, findings: [{ level: isRefused ? "error" : "warning", problem: { message, suggestion } }] };
}

/** Amazon's refusals hold it. */
function serverTime(cause: unknown): Date | undefined {
    const { ServerTime } = (cause ?? {}) as { readonly ServerTime?: string };
    return ServerTime === undefined || Number.isNaN(Date.parse(ServerTime)) ? undefined : new Date(ServerTime);
}

function describe(behindMs: number): string {
    const off = Math.abs(behindMs);
    // The date of an answer has whole seconds, and the answer has been on its way.
    if (off < 5000) return "in step with the S3 server's";
    const time = prettyMs(off, { unitCount: 2, verbose: true, secondsDecimalDigits: 0 });
    return `${time} ${behindMs > 0 ? "behind" : "ahead of"} the S3 server's`;
}

// A check that asks on from the answer of another one.
import { Blocked } from "./check.ts";

/** As `work`, but when time is over it is blocked: it is the other check's to tell that there was no answer. */
export function dependent<T>(signal: AbortSignal, reason: string, work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => {
            reject(new Blocked(reason));
        });
        work.then(resolve, reject);
    });
}

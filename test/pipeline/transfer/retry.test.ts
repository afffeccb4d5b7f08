// Which failures are worth another attempt, and what they are called.
import assert from "node:assert/strict";
import { test } from "node:test";
import { attempt } from "../../../pipeline/transfer/retry.ts";

/** As the SDK throws it for a HEAD, whose answers have no body to tell a code in. */
function nameless(httpStatusCode: number): Error {
    return Object.assign(new Error("UnknownError"), { name: "Unknown", $metadata: { httpStatusCode } });
}

const rows: readonly (readonly [status: number, attempts: number, message: string])[] = [
    [400, 3, "looking: HTTP 400, and no reason is given"],
    [403, 1, "looking: the server refused the credentials or they may not do this (HTTP 403)"],
    [404, 1, "looking: not there (HTTP 404)"],
    [409, 1, "looking: HTTP 409, and no reason is given"],
    [503, 3, "looking: HTTP 503, and no reason is given"],
];

for (const [status, attempts, message] of rows) {
    test(`a HEAD that is answered ${status} is tried ${attempts === 1 ? "once" : "again"}, and told without a name`, async () => {
        let asked = 0;
        const asking = attempt("looking", { retries: 2, minDelayMs: 1 }, () => {
            asked += 1;
            return Promise.reject(nameless(status));
        });
        await assert.rejects(asking, { message });
        assert.equal(asked, attempts);
    });
}

// A real server behind a proxy with a clock of its own.
import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import { startProxy, startS3 } from "../../../pipeline/fixtures/s3.ts";
import { askOne, onS3 } from "./asked.ts";

const { connection } = await startS3();
const { endpoint = "" } = connection;

/** Passes all on, with its own clock's time in the answers. */
async function startSkewedProxy(aheadMs: number): Promise<string> {
    const { hostname, port } = new URL(endpoint);
    const proxy = http.createServer(({ method, url, headers }, response) => {
        const forward = http.request({ hostname, port, method, path: url, headers, agent: false }, (answer) => {
            const date = new Date(Date.now() + aheadMs).toUTCString();
            response.writeHead(answer.statusCode ?? 500, { ...answer.headers, date });
            answer.pipe(response);
        });
        forward.end();
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    after(() => {
        proxy.closeAllConnections();
        proxy.close();
    });
    return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
const seconds = String.raw`( \d+ seconds?)?`;
const minutes = 60_000;

describe("the clock", () => {
    const rows: readonly [string, number, string, string | undefined][] = [
        ["is right to a few seconds", 2000, "passed: in step with the S3 server's", undefined],
        ["may be off by less than a minute", 40_000, String.raw`passed: \d+ seconds behind the S3 server's`, undefined],
        [
            "is doubtful when it is behind by minutes",
            5.5 * minutes,
            `warned: 5 minutes${seconds} behind the S3 server's`,
            `warning: this machine's clock is 5 minutes${seconds} behind the S3 server's: here it is ${time}, there ${time} ` +
                String.raw`\(set the clock, best by NTP: timedatectl set-ntp true\)`,
        ],
        [
            "is useless when it is ahead by more than S3 allows",
            -20.5 * minutes,
            `failed: 20 minutes${seconds} ahead of the S3 server's`,
            `error: this machine's clock is 20 minutes${seconds} ahead of the S3 server's: here it is ${time}, there ` +
                String.raw`${time}, and S3 refuses requests that are 15 minutes off \(set the clock, .*\)`,
        ],
    ];
    for (const [behaviour, aheadMs, status, finding] of rows) {
        it(behaviour, async () => {
            const s3 = { ...connection, endpoint: await startSkewedProxy(aheadMs) };
            const said = await askOne("clock", { ...onS3, s3 });
            assert.match(said[0] ?? "", new RegExp(`^${status}$`));
            assert.equal(said.length, finding === undefined ? 1 : 2);
            if (finding !== undefined) assert.match(said[1] ?? "", new RegExp(`^${finding}$`));
        });
    }

    it("is judged by the server that refuses, when the date of its proxy is in step", async () => {
        const proxy = await startProxy(endpoint);
        const there = new Date(Date.now() + 30.5 * minutes).toISOString();
        // As Amazon says it; moto takes requests of any time.
        const body = `<Error><Code>RequestTimeTooSkewed</Code><ServerTime>${there}</ServerTime></Error>`;
        proxy.plan = (_, url) => (url.includes("location") ? undefined : { type: "answer", status: 403, body });
        const s3 = { ...connection, endpoint: proxy.endpoint };
        const [status, finding] = await askOne("clock", { ...onS3, s3 });
        assert.match(status ?? "", /^failed: 30 minutes( \d+ seconds?)? behind the S3 server's$/);
        assert.ok(finding?.includes(`there ${there}, and S3 refuses`));
        assert.deepEqual(await askOne("rights", { ...onS3, s3 }), [
            "skipped: the S3 server does not agree about the time",
        ]);
    });
});

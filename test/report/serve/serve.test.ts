// The live page: in a real browser, while what it shows changes.
import assert from "node:assert/strict";
import http from "node:http";
import { after, describe, it } from "node:test";
import type { Report } from "../../../report/model/report.ts";
import { serveReport } from "../../../report/serve/serve.ts";
import { until } from "../../pipeline/fixtures/until.ts";
import { drawn, noBrowser, openUrl } from "../fixtures/browser.ts";
import { empty, reportOf, trained } from "../fixtures/sample.ts";

/** A server of a report that the test may change, and which counts the looks at it. */
async function serve(report: Report) {
    const state: { report: Report | Error; looks: number } = { report, looks: 0 };
    const said: string[] = [];
    const server = await serveReport({
        gather: () => {
            state.looks += 1;
            return state.report instanceof Error ? Promise.reject(state.report) : Promise.resolve(state.report);
        },
        say: (line) => said.push(line),
        pause: 50,
    });
    after(() => server.close());
    return { ...server, state, said };
}

/** Node's fetch sends no Host of one's choice. */
function get(url: string, headers: Record<string, string> = {}, method = "GET") {
    return new Promise<{ status: number; headers: http.IncomingHttpHeaders }>((resolve, reject) => {
        const request = http.request(url, { method, headers }, (response) => {
            response.resume();
            resolve({ status: response.statusCode ?? 0, headers: response.headers });
        });
        request.on("error", reject).end();
    });
}

describe("the server of a live page", () => {
    it("answers at its own address alone: the right host, the right word, nothing but GET", async () => {
        const { url } = await serve(reportOf(trained("exp")));
        const { host, port } = new URL(url);
        assert.equal(host, `127.0.0.1:${port}`);
        assert.equal((await get(url)).status, 200);
        assert.equal((await get(url, { host: `localhost:${port}` })).status, 200);
        for (const name of ["evil.example", `evil.example:${port}`, "127.0.0.1", `127.0.0.1.evil.example:${port}`])
            assert.equal((await get(url, { host: name })).status, 421, name);
        assert.equal((await get(new URL("/", url).href)).status, 404);
        assert.equal((await get(`${url}x`)).status, 404);
        assert.equal((await get(url, {}, "POST")).status, 405);
    });

    it("forbids other pages to show it, and everything to keep it", async () => {
        const { url } = await serve(reportOf(trained("exp")));
        const { headers } = await get(url);
        assert.match(String(headers["content-security-policy"]), /connect-src 'self'.*frame-ancestors 'none'/);
        assert.equal(headers["cache-control"], "no-store");
    });

    it("says that a port is taken", async () => {
        const { url } = await serve(reportOf(empty()));
        const port = Number(new URL(url).port);
        const again = serveReport({ gather: () => Promise.resolve(reportOf()), port, say: () => undefined, pause: 50 });
        await assert.rejects(again, {
            message: `port ${port} of 127.0.0.1 is taken; give another one, or none for any that is free`,
        });
    });

    it("asks nothing of cluster and S3 while nobody watches", async () => {
        const { url, state } = await serve(reportOf(empty()));
        const watching = new AbortController();
        const events = await fetch(`${url}events`, { signal: watching.signal });
        await until("three looks", () => Promise.resolve(state.looks >= 3 || undefined));
        watching.abort();
        await events.text().catch(() => "");
        // One look may be under way, and one round after it finds nobody.
        let before = -1;
        await until("the looks to end", async () => {
            const isSame = before === state.looks;
            before = state.looks;
            await new Promise((resolve) => setTimeout(resolve, 300));
            return isSame && before === state.looks ? true : undefined;
        });
    });
});

describe("a live page", { skip: noBrowser }, () => {
    it("shows what is new without loading again, and keeps what the reader has opened and chosen", async () => {
        const first = trained("exp", { epochs: 3, gain: 2 });
        const { url, state } = await serve(reportOf(first));
        const { page, complaints } = await openUrl(url);
        await page.locator("#live", { hasText: /^live$/ }).waitFor();
        await page.evaluate("window.isStillHere = true");
        await page.locator("#graph summary").click();
        await page.locator(".only-differing").uncheck();
        await page.locator("figure[data-chart='curve-loss'] .plot").focus();

        const second = {
            ...trained("exp", { epochs: 9, gain: 2 }),
            stages: first.stages.slice(0, 2),
            resources: undefined,
        };
        const { resources: _, ...rest } = second;
        state.report = reportOf({ ...rest, headline: { ...first.headline, text: "training goes on" } });
        await page.locator("#now .headline", { hasText: "training goes on" }).waitFor();
        await page.locator("#resources").waitFor({ state: "detached" });
        await drawn(page);
        await page.locator("figure[data-chart='curve-loss'] svg", { hasText: "800" }).waitFor();
        assert.equal(await page.evaluate("window.isStillHere"), true);
        assert.equal(await page.locator("#graph details").getAttribute("open"), "");
        assert.equal(await page.locator(".only-differing").isChecked(), false);
        assert.equal(await page.evaluate("document.activeElement.closest('figure').dataset.chart"), "curve-loss");
        assert.deepEqual(await page.locator("nav a").allTextContents(), await page.locator("h2").allTextContents());
        assert.deepEqual(complaints, []);
    });

    it("goes from an experiment that has not run to one that has plots", async () => {
        const { url, state } = await serve(reportOf(empty("exp")));
        const { page, complaints } = await openUrl(url);
        state.report = reportOf(trained("exp"));
        await page.locator("#curves .plot svg").first().waitFor();
        assert.equal(await page.locator("#volume figure").count(), 2);
        assert.deepEqual(complaints, []);
    });

    it("says that a look failed, once on the terminal, and goes on when the next does not", async () => {
        const { url, state, said } = await serve(reportOf(trained("exp")));
        const { page } = await openUrl(url);
        state.report = new Error("the stack is gone");
        await page.locator("#live", { hasText: "live, but the last look failed: the stack is gone" }).waitFor();
        const looks = state.looks;
        await until("more looks", () => Promise.resolve(state.looks > looks + 2 || undefined));
        assert.deepEqual(said, ["the experiment cannot be looked at: the stack is gone"]);
        state.report = reportOf(trained("exp"));
        await page.locator("#live", { hasText: /^live$/ }).waitFor();
    });

    it("stays when its server has gone, and says so", async () => {
        const { url, close } = await serve(reportOf(trained("exp")));
        const { page } = await openUrl(url);
        await page.locator("#live", { hasText: /^live$/ }).waitFor();
        await close();
        await page.locator("#live", { hasText: "the connection is lost; trying again" }).waitFor();
        assert.equal(await page.locator("h1").textContent(), "exp");
    });
});

// The page of a report as a reader has it: in a real browser, from the file alone.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { Report } from "../../../report/model/report.ts";
import { renderPage } from "../../../report/page/page.ts";
import { accessibilityProblems, noBrowser, openHtml } from "../fixtures/browser.ts";
import { empty, failed, hostile, reportOf, trained } from "../fixtures/sample.ts";

const megabyte = 1_000_000;
const several = (count: number, epochs = 5) =>
    Array.from({ length: count }, (_, index) => trained(`run-${index}`, { epochs, gain: 1 + index / 10 }));
const open = async (report: Report, options?: Parameters<typeof openHtml>[1]) =>
    openHtml(await renderPage(report), options);
const headings = (page: Page) => page.locator("h2").allTextContents();
const textOf = async (place: Locator) => (await place.textContent()) ?? "";
/** The colours of a plot's lines. */
const lines = (page: Page, figure = "#curves figure:first-child") =>
    page.evaluate<string[]>(
        `[...document.querySelectorAll("${figure} .plot svg g[stroke^='var(--c']")].map((one) => one.getAttribute("stroke"))`,
    );

describe("the page of a report", { skip: noBrowser }, () => {
    for (const [what, report] of [
        ["an experiment that has not run", reportOf(empty())],
        ["one that has trained", reportOf(trained("exp"))],
        ["one that has failed", reportOf(failed())],
        ["two that are compared", reportOf(...several(2))],
    ] as const) {
        for (const [where, options] of [
            ["on a desk", {}],
            ["on a phone in the dark", { viewport: { width: 390, height: 800 }, colorScheme: "dark" }],
        ] as const) {
            it(`of ${what} is whole, silent and accessible ${where}`, async () => {
                const html = await renderPage(report);
                assert.ok(html.length < 2 * megabyte, `${html.length} bytes`);
                const { page, complaints } = await openHtml(html, options);
                assert.deepEqual(await accessibilityProblems(page), []);
                assert.deepEqual(complaints, []);
                const width = await page.evaluate<number>("document.documentElement.scrollWidth");
                assert.ok(width <= (page.viewportSize()?.width ?? 0), `${width} pixels wide`);
            });
        }
    }

    it("of twenty experiments of fifty epochs is small, whole and silent", async () => {
        const html = await renderPage(reportOf(...several(20, 50)));
        assert.ok(html.length < 2 * megabyte, `${html.length} bytes`);
        const { page, complaints } = await openHtml(html);
        assert.deepEqual([await lines(page).then(({ length }) => length), complaints], [20, []]);
    });

    it("tells where the experiment stands, what is next, and all that there is of it", async () => {
        const { page } = await open(reportOf(trained("exp")));
        assert.equal(await page.title(), "exp – Aframe");
        assert.deepEqual(await headings(page), [
            ...["Where it stands", "Timeline", "Stages", "Training", "Sensitive volume"],
            ...["Data and costs", "Resources", "Provenance"],
        ]);
        const text = (await textOf(page.locator("main"))).replaceAll("\u00a0", " ");
        for (const said of [
            "all stages are made and up to date",
            "runs: [luigi_base] Tb 10 -> 20",
            "skipped: up to date",
            "queue 1h 10m · fetching data 10m · training 1h",
            "2 requested, NVIDIA-A100",
            "about 8.33 kB/s",
            "not measured",
        ])
            assert.ok(text.includes(said), said);
        const commit = page.locator("a", { hasText: "aaaaaaa" });
        assert.equal(await commit.getAttribute("href"), `https://github.com/ml4gw/aframe/commit/${"a".repeat(40)}`);
    });

    it("leaves out what an experiment does not have yet", async () => {
        const { page } = await open(reportOf(empty()));
        assert.deepEqual(await headings(page), ["Where it stands", "Provenance"]);
        assert.equal(await page.locator("figure").count(), 0);
    });

    it("shows a failure with its cause and log first, and whatever a log holds as text", async () => {
        const { page } = await open(reportOf({ ...failed(hostile), name: hostile }));
        assert.deepEqual((await headings(page)).slice(0, 2), ["Where it stands", "Failures"]);
        const log = await textOf(page.locator("#failures pre"));
        assert.ok(log.includes("\nRuntimeError: CUDA out of memory") && log.includes(hostile));
        assert.equal(await page.title(), `${hostile} – Aframe`);
        assert.equal(await page.locator("img").count(), 0);
    });

    it("keeps data that are embedded for the script from ending it", async () => {
        const { curves, ...rest } = trained("exp");
        const named = curves.map((curve) => ({ ...curve, name: `${curve.name}${hostile}` }));
        const { page, complaints } = await open(reportOf({ ...rest, curves: named }));
        assert.equal(await page.title(), "exp – Aframe");
        assert.deepEqual(complaints, []);
    });

    it("lets no script run but its own, and loads nothing", async () => {
        const { page, complaints } = await open(reportOf(trained("exp")));
        const added = `(() => { const script = document.createElement("script"); script.textContent = "document.title = 'taken'"; document.body.append(script); })()`;
        await page.evaluate(added);
        await page.evaluate(`fetch("https://example.org/").catch(() => undefined)`);
        assert.equal(await page.title(), "exp – Aframe");
        const said = complaints.join("\n");
        assert.match(said, /inline script violates .* 'script-src /);
        assert.match(said, /'https:\/\/example\.org\/' violates .* "connect-src 'none'"/);
    });

    it("hides and shows a line of a plot by its legend", async () => {
        const { curves, ...rest } = trained("exp");
        const more = curves.map((curve) => ({ ...curve, kind: "loss" as const }));
        const { page } = await open(reportOf({ ...rest, curves: more }));
        const button = page.locator("figure").first().getByRole("button", { name: "train_loss" });
        assert.deepEqual(await lines(page), ["var(--c0)", "var(--c1)", "var(--c2)"]);
        await button.click();
        assert.deepEqual(
            [await button.getAttribute("aria-pressed"), await lines(page)],
            ["false", ["var(--c1)", "var(--c2)"]],
        );
        await button.press("Enter");
        assert.deepEqual(await lines(page), ["var(--c0)", "var(--c1)", "var(--c2)"]);
    });

    it("gives an experiment one colour in all plots, and hides it in all at once", async () => {
        const [one, two, three] = several(3);
        assert.ok(one && two && three);
        const { page } = await open(reportOf(one, { ...two, curves: two.curves.slice(1) }, three));
        assert.deepEqual(await lines(page, "#curves figure:nth-child(1)"), ["var(--c0)", "var(--c2)"]);
        assert.deepEqual(await lines(page, "#volume figure:nth-child(1)"), ["var(--c1)", "var(--c2)"]);
        await page.locator("#curves").getByRole("button", { name: "run-2" }).click();
        assert.deepEqual(await lines(page, "#curves figure:nth-child(1)"), ["var(--c0)"]);
        assert.deepEqual(await lines(page, "#volume figure:nth-child(1)"), ["var(--c1)"]);
        const other = page.locator("#volume").getByRole("button", { name: "run-2" });
        assert.equal(await other.getAttribute("aria-pressed"), "false");
    });

    it("reads the values of a plot by the arrow keys", async () => {
        const { page } = await open(reportOf(...several(2)));
        const figure = page.locator("figure").first();
        await figure.locator(".plot").focus();
        for (const key of ["Home", "ArrowRight"]) await page.keyboard.press(key);
        assert.equal(await textOf(figure.locator(".reading")), "step 100: run-0 0.45, run-1 0.4273");
    });

    it("has the numbers of every plot as a table, with their errors", async () => {
        const { page } = await open(reportOf(trained("exp")));
        const figure = page.locator("figure[data-chart='volume-35-35']");
        await figure.locator("summary").press("Enter");
        // Made when it is asked for, so the first one is waited for.
        assert.equal(await textOf(figure.locator("td").first()), "4 ± 0.5");
        assert.deepEqual(await figure.locator("th").allTextContents(), [
            ...["false-alarm rate (per year)", "35-35"],
            ...["0.5", "1", "5", "10", "50", "100", "365"],
        ]);
    });

    it("shows a plot's value where the pointer is", async () => {
        const { page } = await open(reportOf(trained("exp")));
        const plot = page.locator("figure").first().locator(".plot");
        await plot.hover();
        assert.match((await plot.textContent()) ?? "", /train_loss: 0\.\d+/);
    });

    it("shows the settings that differ, and the others when asked", async () => {
        const { page } = await open(reportOf(trained("exp", { gain: 2 })));
        const shown = () => page.locator(".settings tbody tr:visible").count();
        assert.equal(await shown(), 1);
        assert.equal(await textOf(page.locator(".settings mark")), "64");
        await page.getByLabel(/Only the 1 of 2/).uncheck();
        assert.equal(await shown(), 2);
    });

    it("shows all settings where none differs", async () => {
        const { page } = await open(reportOf(trained("exp")));
        assert.equal(await page.locator(".settings tbody tr:visible").count(), 2);
        assert.ok((await textOf(page.locator("#provenance"))).includes("None of them differs from its default."));
    });

    it("tells what a training was made with, and how to do it again", async () => {
        const { provenance, ...rest } = trained("exp");
        const more = {
            checkout: { path: "/home/u/aframe", modified: true },
            packages: { torch: "2.6.0" },
            runFile: "/home/u/my run/run.json",
        };
        const { page } = await open(reportOf({ ...rest, provenance: { ...provenance, ...more } }));
        const text = await textOf(page.locator("#provenance"));
        for (const said of [
            "/home/u/aframe, with changes that are in no commit",
            "Packages of the training (1)",
            "aframe init-from '/home/u/my run/run.json' --directory DIRECTORY",
        ])
            assert.ok(text.includes(said), said);
    });

    it("compares settings, data and sensitive volumes side by side", async () => {
        const { page } = await open(reportOf(trained("one"), trained("two", { gain: 2 })));
        assert.deepEqual(await headings(page), ["Experiments", "What differs", "Training", "Sensitive volume"]);
        const differing = page.locator("#settings table").first();
        assert.deepEqual(await differing.locator("thead th").allTextContents(), [
            "Experiment",
            "[luigi_Train] highpass",
        ]);
        assert.deepEqual(await differing.locator("td").allTextContents(), ["32", "64"]);
        const ratio = page.locator("#volume tbody tr", { hasText: "35 + 35 solar masses, 10 per year" });
        assert.deepEqual(await ratio.locator("td").allTextContents(), ["2"]);
    });

    it("compares many side by side in the rows, and packages where they differ", async () => {
        const all = several(8).map((one, index) => {
            const packages = { numpy: "2.1.0", torch: index < 4 ? "2.6.0" : "2.7.0" };
            return index === 0 ? one : { ...one, provenance: { ...one.provenance, packages } };
        });
        const { page } = await open(reportOf(...all));
        const table = (name: string) => page.getByRole("region", { name, exact: true }).locator("tr");
        assert.deepEqual(await table("Packages that differ").allTextContents(), [
            ...["Experimenttorch", "run-0–", "run-12.6.0", "run-22.6.0", "run-32.6.0", "run-42.7.0"],
            ...["run-52.7.0", "run-62.7.0", "run-72.7.0"],
        ]);
        const [head = "", first] = await table("Ratios of sensitive volumes").allTextContents();
        assert.ok(head.startsWith("Experiment35 + 35 solar masses, 1 per year"), head);
        assert.equal(first, "run-11.11.11.11.11.11.1");
    });

    it("is plain and light on paper, whatever the reader's screen is", async () => {
        const { page } = await open(reportOf(trained("exp")), { colorScheme: "dark" });
        const colour = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
        assert.equal(await colour(), "rgb(18, 23, 29)");
        await page.emulateMedia({ media: "print" });
        assert.equal(await colour(), "rgb(255, 255, 255)");
        assert.equal(await page.locator("nav").isVisible(), false);
        assert.equal(await page.locator(".plot svg").first().isVisible(), true);
    });

    it("can be read without scripts, but for the plots", async () => {
        const html = await renderPage(reportOf(trained("exp")));
        const { page } = await openHtml(html.replaceAll("<figure", "<div").replaceAll("</figure>", "</div>"), {
            javaScriptEnabled: false,
        });
        const text = await textOf(page.locator("body"));
        assert.ok(text.includes("The plots are drawn by a script") && text.includes("all stages are made"));
    });
});

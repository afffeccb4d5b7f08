// The reference page says what the program does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it, test } from "node:test";
import { pathsSection } from "../../config/keys/services.ts";
import { pageFile, renderPage } from "../../docs/page.ts";
import { localDirectories, problemsOf, readSample, remoteDirectories } from "../config/sample.ts";

const page = readFileSync(pageFile, "utf8");

test("the tables of the page are those the program goes by: npm run docs", () => {
    assert.equal(renderPage(), page);
});

describe("what the page says of the dialect", () => {
    const rows = [...page.matchAll(/^\| `(key = .+)` \| (?:`(.+?)`|the value of `(.+?)`).* \|$/gm)];
    const values: Readonly<Record<string, string>> = { other: "12", seed: "1122" };

    it("has examples", () => {
        assert.ok(rows.length >= 10, String(rows.length));
    });

    for (const [, line = "", text, name = ""] of rows) {
        it(`holds: ${line}`, () => {
            const cfg = `[example]\nother = 12\n${line}\n[luigi_base]\nseed = 1122\n`;
            const found = readSample({ cfg }).settings.values.find(
                ({ section, key }) => section === "example" && key === "key",
            );
            assert.equal(found?.value, text ?? values[name]);
        });
    }
});

test("of all places for a value the page's first one counts", () => {
    const environment = { LAW__luigi_wandb__project: "law variable" };
    const inherit = "[core]\ninherit = base.cfg\n";
    const project = "[luigi_wandb]\nproject = ";
    const weakest = { files: { "base.cfg": `${project}inherited\n` }, stack: {}, cfg: inherit, environment: {} };
    const places = [
        { ...weakest, files: {}, environment: { WANDB_PROJECT: "variable" }, cfg: "", value: "variable" },
        { ...weakest, environment: { WANDB_PROJECT: "variable" }, value: "inherited" },
        { ...weakest, cfg: `${inherit}${project}cfg\n`, value: "cfg" },
        { ...weakest, cfg: `${inherit}extend = base.cfg\n${project}cfg\n`, value: "inherited" },
        { ...weakest, cfg: `${inherit}${project}cfg\n`, environment, value: "law variable" },
        { ...weakest, cfg: `${inherit}sync_env = false\n${project}cfg\n`, environment, value: "cfg" },
        { ...weakest, environment, stack: { settings: { luigi_wandb: { project: "stack" } } }, value: "stack" },
    ];
    for (const { value, environment: variables, ...sample } of places) {
        const { values } = readSample({ ...sample, environment: { ...localDirectories, ...variables } }).settings;
        const found = values.find(({ section, key }) => section === "luigi_wandb" && key === "project");
        assert.equal(found?.value, value);
    }
});

test("the directories that the page allows on S3 may be there, and no others", () => {
    for (const { decidedBy = "" } of pathsSection.keys) {
        const allowed = new RegExp(`^\\| \`${decidedBy}\` \\| local or S3 \\|`, "m").test(page);
        const environment = { ...remoteDirectories, [decidedBy]: "s3://my-bucket/elsewhere" };
        const kubernetes = { context: "nautilus", namespace: "physics" };
        const problems = problemsOf({ environment, stack: { kubernetes } });
        assert.equal(problems.length === 0, allowed, `${decidedBy}: ${problems.join()}`);
    }
});

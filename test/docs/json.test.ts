// The reference page of --json says what the schemas say; that the schemas say what commands print is tested with them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { jsonPageFile, renderJsonPage, renderRunSchema, runSchemaFile } from "../../docs/jsonPage.ts";

test("the tables of the page are made of the schemas: npm run docs", () => {
    assert.equal(renderJsonPage(), readFileSync(jsonPageFile, "utf8"));
});

test("the schema of run.json is that of its reader: npm run docs", () => {
    assert.equal(renderRunSchema(), readFileSync(runSchemaFile, "utf8"));
});

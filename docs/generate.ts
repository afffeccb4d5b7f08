// `npm run docs`: writes the generated tables into the reference pages, and the schema of run.json.
import { writeFileSync } from "node:fs";
import { jsonPageFile, renderJsonPage, renderRunSchema, runSchemaFile } from "./jsonPage.ts";
import { pageFile, renderPage } from "./page.ts";

writeFileSync(pageFile, renderPage());
writeFileSync(runSchemaFile, renderRunSchema());
writeFileSync(jsonPageFile, renderJsonPage());

// `npm run docs`: writes the generated tables into the reference page.
import { writeFileSync } from "node:fs";
import { pageFile, renderPage } from "./page.ts";

writeFileSync(pageFile, renderPage());

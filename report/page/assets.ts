// What every page carries: its style, the plotting library, and our own script with its types stripped.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { findPackageJSON, stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

export interface Assets {
    readonly style: string;
    readonly script: string;
    /** The policy that lets exactly these run and nothing be loaded. @param connect - of the page that is served */
    readonly policy: (connect: "'none'" | "'self'") => string;
}

/** The style that the plotting library puts into each plot with the class `plot-lines`; it may run by its digest. */
const plotStyle = `:where(.plot-lines) {
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}
:where(.plot-lines text),
:where(.plot-lines tspan) {
  white-space: pre;
}`;

let loaded: Promise<Assets> | undefined;

export function loadAssets(): Promise<Assets> {
    loaded ??= load();
    return loaded;
}

async function load(): Promise<Assets> {
    const [d3, plot, style, own] = await Promise.all([
        readFile(distOf("d3", "d3.min.js"), "utf8"),
        readFile(distOf("@observablehq/plot", "plot.umd.min.js"), "utf8"),
        readFile(path.join(import.meta.dirname, "style.css"), "utf8"),
        browserScript(),
    ]);
    const script = [d3, plot, own].join("\n");
    if (/<\/script|<!--/i.test(script)) throw new Error("a script of the page would end its own element");
    const policy = (connect: string) =>
        [
            "default-src 'none'",
            `script-src '${digestOf(script)}'`,
            `style-src '${digestOf(style)}' '${digestOf(plotStyle)}'`,
            `connect-src ${connect}`,
            "base-uri 'none'",
            "form-action 'none'",
        ].join("; ");
    return { style, script, policy };
}

/** The form that a page can run, which an import does not lead to. */
function distOf(name: string, file: string): string {
    const manifest = findPackageJSON(name, import.meta.url);
    if (manifest === undefined) throw new Error(`${name} is not installed; npm ci installs it`);
    return path.join(path.dirname(manifest), "dist", file);
}

/** The files share one scope, as scripts of a page do; the names of the files say in which order they run. */
async function browserScript(): Promise<string> {
    const folder = fileURLToPath(new URL("../browser/", import.meta.url));
    const names = (await readdir(folder)).filter((name) => name.endsWith(".ts")).sort();
    const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")));
    const stripped = texts.map((text) => stripTypeScriptTypes(text).replaceAll(/[ \t]+$/gm, ""));
    return `"use strict";(() => {\n${stripped.join("\n")}\n})();`;
}

function digestOf(text: string): string {
    return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

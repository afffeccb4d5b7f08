// The reference page of the configuration: prose that is written by hand, with tables that are not.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeCommonKeys, describeIdleSections, describeOpenSections, describeSections } from "./cfgKeys.ts";
import { fillIn } from "./markdown.ts";
import { describeDirectories, describeStackKeys, describeStages } from "./stackConfig.ts";

export const pageFile = fileURLToPath(new URL("configuration.md", import.meta.url));

/** The page as it is on disk with all its tables made anew. */
export function renderPage(): string {
    return fillIn(readFileSync(pageFile, "utf8"), {
        "stack keys": describeStackKeys(),
        directories: describeDirectories(),
        stages: describeStages(),
        "common keys": describeCommonKeys(),
        sections: describeSections(),
        "idle sections": describeIdleSections(),
        "open sections": describeOpenSections(),
    });
}

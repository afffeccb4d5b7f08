// All experiments, as text for people and as JSON for programs.
import path from "node:path";
import type { ExperimentState, Overview } from "../engine/overview.ts";
import { type Colors, cleanText, formatSeconds } from "./format.ts";
import { renderPlainTable } from "./plainTable.ts";

const looks: Readonly<Record<ExperimentState, { readonly color: keyof Colors; readonly words: string }>> = {
    "not run": { color: "dim", words: "never run" },
    destroyed: { color: "dim", words: "destroyed" },
    started: { color: "cyan", words: "running or interrupted" },
    training: { color: "cyan", words: "training" },
    failed: { color: "red", words: "failed" },
    partly: { color: "yellow", words: "partly done" },
    done: { color: "green", words: "done" },
};

export interface OverviewOptions {
    readonly colors: Colors;
    /** What ages are counted to. */
    readonly now: Date;
    /** Shown as ~. */
    readonly home: string;
}

export function renderOverviews(experiments: readonly Overview[], { colors, now, home }: OverviewOptions): string {
    const usesS3 = experiments.some((one) => prefixOf(one) !== "");
    const head = ["Name", "State", "Updated", "Directory", ...(usesS3 ? ["S3"] : []), "Commit", "Volume"];
    const rows = experiments.map((one) => [
        one.name,
        one.state === undefined ? colors.red("cannot be read") : colors[looks[one.state].color](looks[one.state].words),
        one.updated === undefined ? "" : `${formatSeconds(ageOf(one.updated, now))} ago`,
        cleanText(shorten(one.directory ?? "", home)),
        ...(usesS3 ? [cleanText(prefixOf(one))] : []),
        one.commit?.slice(0, 8) ?? "",
        one.sensitiveVolume === undefined ? colors.dim("no") : "yes",
    ]);
    return renderPlainTable(head.map(colors.bold), rows);
}

function ageOf(time: string, now: Date): number {
    return Math.max(0, (now.getTime() - new Date(time).getTime()) / 1000);
}

function shorten(directory: string, home: string): string {
    const below = path.relative(home, directory);
    return directory === "" || below.startsWith("..") || path.isAbsolute(below) ? directory : path.join("~", below);
}

/** What data and run directory have in common, of those that are on S3. */
function prefixOf({ trainDataDir = "", runDir = "" }: Overview): string {
    const places = [trainDataDir, runDir].filter((place) => place.startsWith("s3://")).map((place) => place.split("/"));
    const [first = [], second = first] = places;
    const end = first.findIndex((part, index) => part !== second[index]);
    return (end === -1 ? first : first.slice(0, end)).join("/");
}

/** By docs/schema/list.schema.json. */
export function overviewsAsJson(experiments: readonly Overview[]): string {
    return `${JSON.stringify({ experiments }, undefined, 2)}\n`;
}

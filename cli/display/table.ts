// The live table as text: resources as a tree, each with what happens to it, for how long, and its last message.
import stringWidth from "string-width";
import type { StagesProgress } from "../../pipeline/stage/progressLine.ts";
import { type Colors, formatSeconds, opWords, padEnd, shortType, truncate, widest } from "./format.ts";
import { asTree, type Progress, type Row } from "./progress.ts";
import { remarkOf, type Stages } from "./remark.ts";
import { noTransfers, renderTotal, renderTransfers, transfersOf } from "./transfers.ts";

export interface TableOptions {
    readonly columns: number;
    /** Lines that may be used; more rows than that are summed up. */
    readonly lines: number;
    /** Milliseconds, on the clock of `Row.startedAt`. */
    readonly now: number;
    /** A preview: nothing is done, so the words are those of a plan. */
    readonly planning: boolean;
    /** The operation is over: this is the picture that stays. */
    readonly ended: boolean;
    /** As they were before the operation, when it may run some. */
    readonly stages?: Stages | undefined;
    /** What the running stages send and fetch. @default nothing */
    readonly transfers?: StagesProgress;
    readonly colors: Colors;
}

interface Entry {
    readonly row: Row;
    readonly depth: number;
}

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export function renderTable(progress: Progress, options: TableOptions): string {
    const entries = visibleEntries(progress);
    if (entries.length === 0) return options.ended ? "" : renderBeginning(progress, options);
    const transfers = options.ended ? noTransfers : (options.transfers ?? noTransfers);
    // With few lines, the resources come first.
    const total = options.lines > 3 ? renderTotal(transfers) : undefined;
    const { shown, hidden } = fit(entries, Math.max(1, options.lines - (total === undefined ? 0 : 1)));
    const cells = shown.map(({ row, depth }) => ({
        row,
        depth,
        label: `${"  ".repeat(depth)}${opWords[row.step.op].glyph} ${shortType(row.step.type)} ${row.step.name}`,
        status: statusOf(row, options),
    }));
    const labelWidth = Math.min(widest(cells.map(({ label }) => label)), Math.floor(options.columns * 0.6));
    const statusWidth = widest(cells.map(({ status }) => status));
    const below = renderTransfers(
        shown.map(({ row, depth }) => ({ transfers: transfersOf(row, transfers), indent: 2 * depth + 4 })),
        options.lines - shown.length - (hidden > 0 ? 1 : 0) - (total === undefined ? 0 : 1),
        options.columns,
    );
    const lines = cells.flatMap(({ row, depth, label, status }, index) => {
        const left = truncate(
            `${padEnd(truncate(label, labelWidth), labelWidth)}  ${padEnd(status, statusWidth)}`,
            options.columns,
        );
        const remark = row.state === "done" ? remarkOf(row.step, options.stages) : row.message;
        if (options.ended && options.planning && stringWidth(remark) > options.columns - stringWidth(left) - 2) {
            // Of a plan that stays on the terminal, the reasons are what it is read for.
            const reasons = `${"  ".repeat(depth + 2)}${remark}`;
            return [paint(row, left, "", options), options.colors.dim(reasons)];
        }
        return [paint(row, left, remark, options), ...(below[index] ?? []).map(options.colors.dim)];
    });
    if (hidden > 0) lines.push(options.colors.dim(truncate(`  … ${hidden} more`, options.columns)));
    if (total !== undefined) lines.push(options.colors.bold(truncate(total, options.columns)));
    return lines.join("\n");
}

/** Shows that something goes on while there is no resource to show. */
function renderBeginning(progress: Progress, { now, columns }: TableOptions): string {
    const what = progress.size === 0 ? "starting" : `${progress.size} unchanged so far`;
    return truncate(`${frameAt(now)} ${what}`, columns);
}

function frameAt(now: number): string {
    return spinner[Math.floor(now / 100) % spinner.length] ?? "";
}

/** Unchanged resources are left out, unless something below them happens. */
function visibleEntries(progress: Progress): Entry[] {
    const wanted = new Set<string>();
    for (const row of progress.values()) {
        if (row.state === "done" && row.step.op === "same") continue;
        for (let urn = row.step.urn; urn !== "" && !wanted.has(urn); urn = progress.get(urn)?.step.parent ?? "") {
            wanted.add(urn);
        }
    }
    return asTree(progress).filter(({ row }) => wanted.has(row.step.urn));
}

/** When there is not room for all, what is done makes way first, the oldest before the newest. */
function fit(entries: readonly Entry[], lines: number): { shown: readonly Entry[]; hidden: number } {
    if (entries.length <= lines) return { shown: entries, hidden: 0 };
    const room = lines - 1;
    const byNeed = [...entries].sort((a, b) => need(b.row) - need(a.row) || b.row.startedAt - a.row.startedAt);
    const kept = new Set(byNeed.slice(0, room));
    return { shown: entries.filter((entry) => kept.has(entry)), hidden: entries.length - kept.size };
}

function need({ state }: Row): number {
    return state === "done" ? 0 : 1;
}

function statusOf(row: Row, { now, planning }: TableOptions): string {
    const { op, custom } = row.step;
    const words = opWords[op];
    // A component is there as soon as it is named; how long that took means nothing.
    const time = (seconds: number) => (custom && !planning ? ` ${formatSeconds(seconds)}` : "");
    if (row.state === "failed") return `failed${time(row.seconds)}`;
    if (row.state === "done") return `${planning ? words.plan : words.done}${op === "same" ? "" : time(row.seconds)}`;
    return `${frameAt(now)} ${words.running}${time((now - row.startedAt) / 1000)}`;
}

function paint(row: Row, left: string, remark: string, { columns, colors }: TableOptions): string {
    const color = row.state === "failed" ? colors.red : colors[opWords[row.step.op].color];
    const room = columns - stringWidth(left) - 2;
    const right = room > 4 && remark !== "" ? `  ${colors.dim(truncate(remark, room))}` : "";
    return `${color(left.trimEnd())}${right === "" ? "" : " ".repeat(stringWidth(left) - stringWidth(left.trimEnd()))}${right}`;
}

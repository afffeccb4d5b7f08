// Transfers of the running stages in the live table: what each stage moves in all, a line for each object of that, and a total.
import prettyBytes from "pretty-bytes";
import { type StageProgress, type StagesProgress, travels } from "../../pipeline/stage/progressLine.ts";
import { describeProgress, type ObjectProgress } from "../../pipeline/transfer/progress.ts";
import { stageType } from "../engine/stages.ts";
import { cleanText, padEnd, truncate, widest } from "./format.ts";
import type { Row } from "./progress.ts";

export const noTransfers: StagesProgress = { stages: [], total: { planned: 0, done: 0, rate: 0 } };

/** What the stage of a row sends, fetches or hashes at the moment. */
export function transfersOf({ step, state }: Row, { stages }: StagesProgress): readonly StageProgress[] {
    if (state !== "running" || step.type !== stageType) return [];
    return stages.filter(({ stage }) => step.name === stage || step.name.endsWith(`-${stage}`));
}

/** Of all stages; undefined when it would say what the one stage says that moves something. */
export function renderTotal({ stages, total }: StagesProgress): string | undefined {
    const moving = stages.filter(travels);
    const isMore = moving.length > 1 || moving.some(({ planned }) => planned < total.planned);
    return isMore ? `total ${describeProgress(total)}` : undefined;
}

/** The transfers of a row, and how far what is told below it is moved in. */
interface Below {
    readonly transfers: readonly StageProgress[];
    readonly indent: number;
}

/** Lines below each of several rows, no more than `room` in all and no wider than `columns`. */
export function renderTransfers(rows: readonly Below[], room: number, columns: number): string[][] {
    const wanted = rows.map(({ transfers }) => transfers.reduce((sum, { objects }) => sum + 1 + objects.length, 0));
    const given = share(wanted, room);
    return rows.map(({ transfers, indent }, index) => {
        const lines = transfers.flatMap((one) => [
            `${one.verb} ${describeProgress(one)}`,
            ...renderObjects(one.objects, columns - indent - 2).map((line) => `  ${line}`),
        ]);
        const count = given[index] ?? 0;
        if (count < lines.length)
            lines.splice(Math.max(1, count - 1), lines.length, `  … ${lines.length - count + 1} more`);
        return lines.slice(0, count).map((line) => truncate(`${" ".repeat(indent)}${line}`, columns));
    });
}

function renderObjects(objects: readonly ObjectProgress[], columns: number): string[] {
    const cells = objects.map(({ name, done, size, rate }) => ({
        name: cleanText(name).replaceAll("\n", " "),
        figures: `${prettyBytes(done)} of ${prettyBytes(size)}  ${prettyBytes(Math.round(rate))}/s`,
    }));
    const room = Math.max(8, columns - 2 - widest(cells.map(({ figures }) => figures)));
    const width = Math.min(room, widest(cells.map(({ name }) => name)));
    return cells.map(({ name, figures }) => `${padEnd(truncate(name, width), width)}  ${figures}`);
}

/** Deals out lines one by one, so that what few want is not lost to one that wants many. */
function share(wanted: readonly number[], room: number): number[] {
    const given = wanted.map(() => 0);
    let left = Math.min(
        room,
        wanted.reduce((sum, count) => sum + count, 0),
    );
    for (let index = 0; left > 0; index = (index + 1) % wanted.length) {
        const has = given[index] ?? 0;
        if (has < (wanted[index] ?? 0)) {
            given[index] = has + 1;
            left--;
        }
    }
    return given;
}

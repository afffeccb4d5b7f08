// The measured figures as a table, ours as ratios to each of the others.
import Table from "cli-table3";
import { median } from "../measure.ts";
import type { Run, Runs } from "./run.ts";

const ratio = (ours: number, theirs: number) => `${(ours / theirs).toFixed(2)}x`;

function medianOf(runs: readonly Run[], key: "seconds" | "cpuSeconds" | "megabytes"): number {
    return median(runs.map((run) => run[key]));
}

/** One row for each operation and tool; the ratios are of ours to this tool. */
export function printTable(runs: Runs): void {
    const head = ["", "", "time s", "CPU s", "memory MB", "ours: time", "CPU", "whole process s"];
    const table = new Table({ head, style: { head: [], border: [] } });
    for (const [operation, byTool] of runs) {
        const ours = byTool.get("ours") ?? [];
        for (const [tool, taken] of byTool) {
            const [seconds, cpu, memory] = (["seconds", "cpuSeconds", "megabytes"] as const).map((key) =>
                medianOf(taken, key),
            ) as [number, number, number];
            const beside =
                ours.length > 0 && tool !== "ours"
                    ? [ratio(medianOf(ours, "seconds"), seconds), ratio(medianOf(ours, "cpuSeconds"), cpu)]
                    : ["", ""];
            const whole = median(taken.map((run) => run.whole.seconds));
            table.push([
                operation,
                tool,
                seconds.toFixed(2),
                cpu.toFixed(2),
                memory.toFixed(0),
                ...beside,
                whole.toFixed(2),
            ]);
        }
    }
    console.log(table.toString());
}

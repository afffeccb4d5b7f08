// The checks of an experiment as a list: a line for each, its findings below it.
import { describeProblem } from "../../config/errors.ts";
import type { Report } from "../../preview/preflight/run.ts";
import { type Colors, formatSeconds, padEnd } from "./format.ts";

const looks: Readonly<Record<Report["status"], { readonly glyph: string; readonly color: keyof Colors }>> = {
    passed: { glyph: "✔", color: "green" },
    failed: { glyph: "✘", color: "red" },
    warned: { glyph: "!", color: "yellow" },
    unknown: { glyph: "?", color: "cyan" },
    skipped: { glyph: "-", color: "dim" },
};

export function renderChecks(reports: readonly Report[], colors: Colors): string[] {
    const width = Math.max(0, ...reports.map(({ name }) => name.length));
    return reports.flatMap((report, index) => [
        ...(report.group === reports[index - 1]?.group ? [] : [colors.bold(report.group)]),
        renderCheck(report, width, colors),
        ...report.findings.map(({ level, problem }) => {
            const color = { error: colors.red, warning: colors.yellow, unknown: colors.cyan }[level];
            return `      ${color(describeProblem(problem))}`;
        }),
    ]);
}

function renderCheck({ name, status, summary, seconds }: Report, width: number, colors: Colors): string {
    const { glyph, color } = looks[status];
    const time = seconds >= 0.95 ? colors.dim(` (${formatSeconds(seconds)})`) : "";
    return `  ${colors[color](glyph)} ${padEnd(name, width)}  ${summary}${time}`;
}

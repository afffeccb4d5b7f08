// Looks at an experiment before an operation: mistakes and obstacles stop it, warnings are told.
import logUpdate from "log-update";
import { describeProblem, type Problem } from "../config/errors.ts";
import { type Examination, examine } from "../preview/examine.ts";
import type { Report } from "../preview/preflight/run.ts";
import type { Context } from "./commandLine.ts";
import { colorsFor, isLiveTerminal } from "./display/display.ts";
import { formatSeconds } from "./display/format.ts";
import type { EngineChoice } from "./engine/choose.ts";
import { readClearSecrets } from "./engine/clearSecrets.ts";
import { exitCodes } from "./errors.ts";
import type { Stack } from "./project.ts";
import type { StackFile } from "./stackFile.ts";

/** Asks everything, with a live line on a terminal while it takes. */
export async function examineStack(
    stack: Stack,
    file: StackFile,
    engine: EngineChoice,
    context: Context,
    preflight?: boolean,
): Promise<Examination> {
    const progress = showProgress(context);
    try {
        return await examine({
            stack: stack.name,
            config: file.config,
            source: stack.file,
            secrets: await readClearSecrets(stack, file, engine, context),
            environment: context.environment,
            home: context.home,
            onReport: (report) => {
                progress.report(report);
            },
            ...(preflight !== undefined && { preflight }),
        });
    } finally {
        progress.end();
    }
}

function showProgress(context: Context): { report(report: Report): void; end(): void } {
    let ended = 0;
    const isLive = isLiveTerminal(context);
    return {
        report: ({ group, name }) => {
            ended += 1;
            if (isLive) logUpdate(colorsFor(context).dim(`checking: ${ended} done, ${group}: ${name}`));
        },
        end: () => {
            if (isLive) logUpdate.clear();
        },
    };
}

/** Tells what was found; the exit code when the experiment cannot work. */
export function tellExamination(found: Examination, context: Context): number | undefined {
    tellProblems(found, context);
    const summary = summarise(found.reports);
    if (summary !== undefined) context.stdout.write(`${summary}\n`);
    return exitCodeFor(found);
}

export function tellProblems(found: Examination, context: Context): void {
    const { stderr } = context;
    const { red, yellow } = colorsFor(context);
    const tell = (head: string, problems: readonly Problem[]) => {
        for (const problem of problems) stderr.write(`${head} ${describeProblem(problem)}\n`);
    };
    tell(yellow("warning:"), found.warnings);
    tell(red("error:"), [...found.mistakes, ...found.obstacles]);
}

/** Wrong input, or a world in which it cannot work; undefined when nothing is in the way. */
export function exitCodeFor({ mistakes, obstacles }: Examination): number | undefined {
    if (mistakes.length > 0) return exitCodes.usage;
    return obstacles.length > 0 ? exitCodes.failed : undefined;
}

/** Undefined when nothing was asked. */
function summarise(reports: readonly Report[]): string | undefined {
    if (reports.length === 0) return undefined;
    const count = (status: Report["status"]) => reports.filter((report) => report.status === status).length;
    const parts = (["passed", "failed", "warned", "unknown", "skipped"] as const).flatMap((status) =>
        count(status) > 0 ? [`${count(status)} ${status}`] : [],
    );
    const seconds = Math.max(...reports.map((report) => report.seconds));
    return `preflight: ${parts.join(", ")} (${formatSeconds(seconds)})`;
}

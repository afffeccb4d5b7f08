// `aframe check`: tell whether an experiment can work, and do nothing.
import { describeProblem } from "../../config/errors.ts";
import { describeForecast } from "../../preview/forecast/forecast.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { renderChecks } from "../display/checks.ts";
import { colorsFor } from "../display/display.ts";
import { chooseEngine, engineOption } from "../engine/choose.ts";
import { exitCodes } from "../errors.ts";
import { examineStack, exitCodeFor } from "../examination.ts";
import { findStack } from "../project.ts";
import { StackFile } from "../stackFile.ts";
import { stackOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe check",
    summary: "tell whether an experiment can work, and do nothing",
    details: `
Reads the configuration, then asks the cluster, the S3 server, the git server and this machine, all at once and each for
4 seconds at most. Nothing is written anywhere. preview and up ask the same questions before they do anything else.
Exit codes: 0 it can work, 1 something is in the way, 2 the configuration is wrong.`,
    positionals: [],
    options: {
        stack: stackOption,
        json: { type: "boolean", short: "j", description: "as JSON" },
        engine: engineOption,
    },
    run: async (options, _positionals, context) => {
        const stack = await findStack(options.stack, context);
        const engine = await chooseEngine(options.engine, context);
        const found = await examineStack(stack, await StackFile.read(stack.file), engine, context, true);
        context.stdout.write(options.json ? renderJson(found) : renderText(found, context));
        return exitCodeFor(found) ?? exitCodes.done;
    },
});

type Found = Awaited<ReturnType<typeof examineStack>>;

function renderJson({ mistakes, obstacles, warnings, reports, forecast }: Found): string {
    return `${JSON.stringify({ mistakes, obstacles, warnings, checks: reports, forecast }, undefined, 2)}\n`;
}

/** What checks have found stands below them, the rest above. */
function renderText(found: Found, context: Context): string {
    const colors = colorsFor(context);
    const said = new Set(
        found.reports.flatMap(({ findings }) => findings.map(({ problem }) => describeProblem(problem))),
    );
    const unsaid = (head: string, problems: Found["mistakes"]) =>
        problems
            .map(describeProblem)
            .filter((text) => !said.has(text))
            .map((text) => `${head} ${text}`);
    const lines = [
        ...unsaid(colors.yellow("warning:"), found.warnings),
        ...unsaid(colors.red("error:"), found.mistakes),
        ...renderChecks(found.reports, colors),
        ...(found.forecast ? ["", ...describeForecast(found.forecast)] : []),
        "",
        verdict(found, colors),
    ];
    return `${lines.join("\n")}\n`;
}

function verdict({ mistakes, obstacles, warnings }: Found, { green, red, bold }: ReturnType<typeof colorsFor>): string {
    const count = mistakes.length + obstacles.length;
    const doubts = warnings.length > 0 ? `; ${plural(warnings.length, "warning")}` : "";
    return bold(count > 0 ? red(`${plural(count, "error")}${doubts}`) : green(`Nothing is in the way${doubts}.`));
}

function plural(count: number, what: string): string {
    return `${count} ${what}${count === 1 ? "" : "s"}`;
}

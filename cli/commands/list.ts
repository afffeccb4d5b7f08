// `aframe list`: all experiments of this checkout, and what each has come to.
import { defineCommand } from "../commandLine.ts";
import { colorsFor } from "../display/display.ts";
import { overviewsAsJson, renderOverviews } from "../display/overview.ts";
import { chooseEngine, engineOption } from "../engine/choose.ts";
import { overviewOf } from "../engine/overview.ts";
import { exitCodes } from "../errors.ts";
import { listStacks, stacksDirectoryOf } from "../project.ts";

export const command = defineCommand({
    name: "aframe list",
    summary: "list all experiments, and tell what each has come to",
    details: `
Reads stack files and states alone: neither cluster nor S3 is asked, so that "training" is what the last operation has
seen; aframe status asks. Exit code 1 when something cannot be read. docs/json.md tells the form of --json.`,
    positionals: [],
    options: { json: { type: "boolean", short: "j", description: "as JSON" }, engine: engineOption },
    run: async (options, _positionals, context) => {
        const stacks = await listStacks(stacksDirectoryOf(context.checkout));
        const engine = await chooseEngine(options.engine, context);
        const experiments = await overviewOf(stacks, engine, context);
        const colors = colorsFor(context);
        if (options.json) {
            context.stdout.write(overviewsAsJson(experiments));
        } else if (experiments.length === 0) {
            context.stdout.write("there is no experiment yet; aframe-init makes one\n");
        } else {
            context.stdout.write(renderOverviews(experiments, { colors, now: new Date(), home: context.home }));
        }
        const wrong = experiments.filter(({ problem }) => problem !== undefined);
        for (const { name, problem = "" } of wrong)
            context.stderr.write(`${colors.red("error:")} ${name}: ${problem}\n`);
        return wrong.length > 0 ? exitCodes.failed : exitCodes.done;
    },
});

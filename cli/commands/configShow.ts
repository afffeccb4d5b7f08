// `aframe config show`: every value of an experiment's configuration, and where it was written.
import { describeProblem } from "../../config/errors.ts";
import { type ReadExperiment, readExperiment } from "../../config/experiment.ts";
import { describeOrigin } from "../../config/origin.ts";
import type { ResolvedValue } from "../../config/settings.ts";
import { parseStackSettings } from "../../config/stack.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { colorsFor } from "../display/display.ts";
import { renderPlainTable } from "../display/plainTable.ts";
import { exitCodes } from "../errors.ts";
import { findStack } from "../project.ts";
import { StackFile } from "../stackFile.ts";
import { stackOption } from "./operation.ts";

const mask = "[secret]";

export const command = defineCommand({
    name: "aframe config show",
    summary: "print every value of an experiment's configuration and its origin",
    positionals: [],
    options: { stack: stackOption, json: { type: "boolean", short: "j", description: "as JSON" } },
    run: async (options, _positionals, context) => {
        const stack = await findStack(options.stack, context);
        const file = await StackFile.read(stack.file);
        const experiment = readExperiment(parseStackSettings(stack.name, file.config, stack.file));
        context.stdout.write(options.json ? renderJson(experiment) : renderTable(experiment, context));
        const { yellow } = colorsFor(context);
        for (const warning of experiment.warnings) {
            context.stderr.write(`${yellow("warning:")} ${describeProblem(warning)}\n`);
        }
        return exitCodes.done;
    },
});

function renderJson({ settings, warnings }: ReadExperiment): string {
    const values = settings.values.map((value) => ({ ...value, value: value.secret ? mask : value.value }));
    const { name, directory } = settings.stack;
    return `${JSON.stringify({ stack: name, directory, values, warnings }, undefined, 2)}\n`;
}

function renderTable({ settings }: ReadExperiment, context: Context): string {
    const { bold, dim } = colorsFor(context);
    const head = ["Section", "Key", "Value", "From"].map((title) => bold(title));
    const rows = settings.values.map((value) => [
        value.section,
        value.key,
        value.secret ? mask : value.value,
        dim(originOf(value)),
    ]);
    return renderPlainTable(head, rows);
}

function originOf({ origin, via }: ResolvedValue): string {
    const place = describeOrigin(origin);
    return via.length === 0 ? place : `${place} (through ${via.join(", ")})`;
}

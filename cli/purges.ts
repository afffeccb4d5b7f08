// Tells before it happens what data and models an operation deletes for good, and what a destroy leaves.
import { surveyExperiment } from "../config/experiment.ts";
import { surveyStack } from "../config/stack.ts";
import { countHoldings } from "../preview/holdings/count.ts";
import { describeHoldings } from "../preview/holdings/describe.ts";
import type { Context } from "./commandLine.ts";
import { colorsFor } from "./display/display.ts";
import type { EngineChoice } from "./engine/choose.ts";
import { openDeployment, readDeployment } from "./engine/deployment.ts";
import { type Held, heldBy, undeclared } from "./engine/holdings.ts";
import type { Stack } from "./project.ts";
import type { StackFile } from "./stackFile.ts";

/**
 * What a destroy does with data and models.
 * @param urns - of what it deletes. @default all of the stack
 */
export async function tellDestroy(
    stack: Stack,
    file: StackFile,
    engine: EngineChoice,
    context: Context,
    urns?: ReadonlySet<string>,
): Promise<void> {
    const { resources } = await openDeployment(stack, engine, context);
    const held = heldBy(resources).filter(({ urn }) => urns?.has(urn) ?? true);
    const deleted = held.filter(({ artifacts }) => artifacts === "delete");
    const kept = held.filter(({ artifacts }) => artifacts === "retain");
    const { red } = colorsFor(context);
    if (deleted.length > 0) {
        const head = `${red("Data and models that this stack has made are deleted too")} (aframe:artifacts is delete)`;
        context.stdout.write(await paragraph(head, deleted, red));
    }
    if (kept.length > 0 || deleted.length === 0) {
        context.stdout.write(await paragraph("Data and models stay (aframe:artifacts is retain)", kept));
    }
    if (kept.length > 0 && surveyStack(stack.name, file.config, stack.file).settings.artifacts === "delete") {
        context.stdout.write(`To have them deleted, run aframe up first: aframe:artifacts was set to delete since.\n`);
    }
}

/** What an `up` deletes because the configuration has it no more, which only `aframe:artifacts: delete` allows. */
export async function tellDropped(
    stack: Stack,
    file: StackFile,
    engine: EngineChoice,
    context: Context,
): Promise<void> {
    const { settings } = surveyExperiment(surveyStack(stack.name, file.config, stack.file).settings);
    const state = await readDeployment(stack, engine, context);
    if (settings === undefined || state === undefined) return;
    const dropped = (held: readonly Held[]) =>
        undeclared(held, settings).filter(({ artifacts }) => artifacts === "delete");
    if (dropped(heldBy(state.resources)).length === 0) return;
    const { resources } = await openDeployment(stack, engine, context);
    const { red } = colorsFor(context);
    const head = red("up deletes for good what the configuration has no more (aframe:artifacts was delete)");
    context.stdout.write(await paragraph(head, dropped(heldBy(resources)), red));
}

async function paragraph(head: string, held: readonly Held[], color = (text: string) => text): Promise<string> {
    const lines = describeHoldings(await countHoldings(held.map(({ holding }) => holding)));
    return lines.length === 0 ? `${head}.\n` : `${head}:\n${lines.map((line) => `    ${color(line)}\n`).join("")}`;
}

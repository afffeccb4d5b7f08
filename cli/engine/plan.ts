// What an `up` would do, as data, by either engine.
import type { EngineEvent, OperationResult, PropertyDiff, Step } from "../../embedded/engine/events.ts";
import type { Context } from "../commandLine.ts";
import { renderDiagnostic } from "../display/diagnostic.ts";
import { colorsFor, type Display } from "../display/display.ts";
import { cleanText } from "../display/format.ts";
import type { Stack } from "../project.ts";
import type { EngineChoice } from "./choose.ts";
import { operateShowing, type Run } from "./embedded.ts";
import { previewWithPulumi } from "./pulumi.ts";

export interface Plan {
    readonly outcome: OperationResult["outcome"];
    /** Of the resources that do not stay as they are. */
    readonly changes: readonly Change[];
    /** Operation → of how many resources. */
    readonly counts: Readonly<Record<string, number>>;
    /** What made it fail. */
    readonly errors: readonly { readonly urn?: string; readonly message: string }[];
}

export interface Change extends Pick<Step, "urn" | "type" | "name"> {
    /** Pulumi's name of it. */
    readonly operation: string;
    readonly properties: readonly PropertyDiff[];
}

/** What the program and its providers say meanwhile goes to standard error. */
export async function planUpdate(
    stack: Stack,
    engine: EngineChoice,
    scope: Run["scope"],
    context: Context,
): Promise<Plan> {
    if (engine.kind === "pulumi") return previewWithPulumi(engine.executable, stack, scope, context);
    const recorder = new Recorder(context);
    const { outcome, changes: counts } = await operateShowing(recorder, { verb: "preview", scope }, stack, context);
    return { outcome, changes: recorder.changes, counts, errors: recorder.errors };
}

/** Shows nothing of the steps, which are kept. */
class Recorder implements Display {
    readonly changes: Change[] = [];
    readonly errors: Plan["errors"][number][] = [];
    readonly #context: Context;

    constructor(context: Context) {
        this.#context = context;
    }

    handle(event: EngineEvent): void {
        for (const line of renderDiagnostic(event, colorsFor(this.#context))) this.note(line);
        if (event.kind === "step-finished" && event.step.op !== "same") this.changes.push(changeOf(event.step));
        if (event.kind === "step-failed")
            this.errors.push({ urn: event.step.urn, message: cleanText(event.message).trimEnd() });
        if (event.kind === "diagnostic" && event.severity === "error" && !event.ephemeral)
            this.errors.push({
                ...(event.urn !== "" && { urn: event.urn }),
                message: cleanText(event.message).trimEnd(),
            });
    }

    note(text: string): void {
        this.#context.stderr.write(`${text}\n`);
    }

    finish(): void {
        // Every line is out already.
    }
}

function changeOf({ urn, type, name, op, diffs }: Step): Change {
    return { operation: op, urn, type, name, properties: diffs };
}

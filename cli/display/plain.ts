// Lines for logs and pipes: one when a step of a resource begins, one when it ends.
import type { EngineEvent, Step } from "../../embedded/engine/events.ts";
import { renderDiagnostic } from "./diagnostic.ts";
import type { Display, DisplayOptions } from "./display.ts";
import { type Colors, formatDiffNames, formatSeconds, opWords, shortType } from "./format.ts";
import { renderDiffs } from "./propertyDiff.ts";

export class PlainDisplay implements Display {
    readonly #options: DisplayOptions;
    readonly #stream: NodeJS.WritableStream;
    readonly #colors: Colors;

    constructor(options: DisplayOptions, stream: NodeJS.WritableStream, colors: Colors) {
        this.#options = options;
        this.#stream = stream;
        this.#colors = colors;
    }

    handle(event: EngineEvent): void {
        for (const line of renderEvent(event, this.#options, this.#colors)) this.note(line);
    }

    note(text: string): void {
        this.#stream.write(`${text}\n`);
    }

    finish(): void {
        // Every line is out already.
    }
}

/** The lines that an event gives. */
export function renderEvent(event: EngineEvent, { planning, diff }: DisplayOptions, colors: Colors): string[] {
    if (event.kind === "diagnostic") return renderDiagnostic(event, colors);
    const { step } = event;
    const words = opWords[step.op];
    if (event.kind === "step-failed") {
        return [
            describe(step, `${words.running} failed (${formatSeconds(event.seconds)})`, colors),
            ...renderDiagnostic(event, colors),
        ];
    }
    if (step.op === "same") return [];
    if (event.kind === "step-started") {
        return planning || !step.custom ? [] : [describe(step, words.running, colors)];
    }
    if (!planning) {
        const time = step.custom ? ` (${formatSeconds(event.seconds)})` : "";
        return [describe(step, `${words.done}${time}`, colors)];
    }
    const names = !diff && step.diffs.length > 0 ? ` [${formatDiffNames(step.diffs)}]` : "";
    const details = diff ? renderDiffs(step.diffs, colors).map((line) => `    ${line}`) : [];
    return [describe(step, `${words.plan}${names}`, colors), ...details];
}

function describe(step: Step, what: string, colors: Colors): string {
    const { glyph, color } = opWords[step.op];
    return `${colors[color](glyph)} ${shortType(step.type)} ${step.name} ${what}`;
}

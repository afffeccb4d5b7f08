// Lines for logs and pipes: one when a step of a resource begins, one when it ends.
import type { EngineEvent, Step } from "../../embedded/engine/events.ts";
import { renderDiagnostic } from "./diagnostic.ts";
import type { Display, DisplayOptions } from "./display.ts";
import { type Colors, formatSeconds, opWords, shortType } from "./format.ts";
import { renderDiffs } from "./propertyDiff.ts";
import { remarkOf } from "./remark.ts";

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
export function renderEvent(event: EngineEvent, { planning, diff, stages }: DisplayOptions, colors: Colors): string[] {
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
        if (planning || !step.custom) return [];
        return [describe(step, withRemark(words.running, stages ? remarkOf(step, stages) : ""), colors)];
    }
    if (!planning) {
        const time = step.custom ? ` (${formatSeconds(event.seconds)})` : "";
        return [describe(step, `${words.done}${time}`, colors)];
    }
    // The details tell the names too, but not whether a stage runs.
    const remark = remarkOf(step, stages);
    const shown = diff && remark.startsWith("[") ? "" : remark;
    const details = diff ? renderDiffs(step.diffs, colors).map((line) => `    ${line}`) : [];
    return [describe(step, withRemark(words.plan, shown), colors), ...details];
}

function withRemark(what: string, remark: string): string {
    return remark === "" ? what : `${what} ${remark}`;
}

function describe(step: Step, what: string, colors: Colors): string {
    const { glyph, color } = opWords[step.op];
    return `${colors[color](glyph)} ${shortType(step.type)} ${step.name} ${what}`;
}

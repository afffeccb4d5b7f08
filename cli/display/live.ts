// The live table on a terminal: drawn again ten times a second, with diagnostics above it.
import { createLogUpdate } from "log-update";
import type { EngineEvent } from "../../embedded/engine/events.ts";
import { isProgressLine, parseProgressLine } from "../../pipeline/stage/progressLine.ts";
import { renderDiagnostic } from "./diagnostic.ts";
import type { Display, DisplayOptions } from "./display.ts";
import type { Colors } from "./format.ts";
import { advance, asTree, noProgress, type Progress } from "./progress.ts";
import { renderDiffs } from "./propertyDiff.ts";
import { renderTable } from "./table.ts";
import { noTransfers } from "./transfers.ts";

const frameMilliseconds = 100;

export class LiveDisplay implements Display {
    readonly #options: DisplayOptions;
    readonly #stream: NodeJS.WriteStream;
    readonly #colors: Colors;
    readonly #update: ReturnType<typeof createLogUpdate>;
    readonly #timer: NodeJS.Timeout;
    /** Said, but not yet on the terminal: it goes out with the next frame, since law can be very talkative. */
    readonly #said: string[] = [];
    /** A line of its own parts the table from what was said above it. */
    #gap = "";
    #progress: Progress = noProgress;
    #transfers = noTransfers;

    constructor(options: DisplayOptions, stream: NodeJS.WriteStream, colors: Colors) {
        this.#options = options;
        this.#stream = stream;
        this.#colors = colors;
        this.#update = createLogUpdate(stream);
        this.#timer = setInterval(() => {
            this.#draw();
        }, frameMilliseconds);
    }

    handle(event: EngineEvent): void {
        if (event.kind === "diagnostic" && isProgressLine(event.message)) {
            this.#transfers = parseProgressLine(event.message) ?? this.#transfers;
            return;
        }
        this.#progress = advance(this.#progress, event, performance.now());
        const lines = renderDiagnostic(event, this.#colors);
        if (lines.length > 0) this.note(lines.join("\n"));
    }

    note(text: string): void {
        this.#said.push(text);
    }

    finish(): void {
        clearInterval(this.#timer);
        this.#writeSaid();
        this.#update.clear();
        const table = this.#render(Number.POSITIVE_INFINITY, true);
        if (table !== "") this.#stream.write(`${this.#gap}${table}\n`);
        if (this.#options.diff) this.#writeDiffs();
        this.#update.done();
    }

    #draw(): void {
        this.#writeSaid();
        this.#update(`${this.#gap}${this.#render(this.#stream.rows - 3, false)}`);
    }

    #writeSaid(): void {
        if (this.#said.length === 0) return;
        this.#update.clear();
        this.#stream.write(`${this.#said.splice(0).join("\n")}\n`);
        this.#gap = "\n";
    }

    #render(lines: number, ended: boolean): string {
        return renderTable(this.#progress, {
            // The last column is left free, so that no terminal wraps.
            columns: this.#stream.columns - 1,
            lines,
            ended,
            now: performance.now(),
            planning: this.#options.planning,
            stages: this.#options.stages,
            transfers: this.#transfers,
            colors: this.#colors,
        });
    }

    #writeDiffs(): void {
        for (const { row } of asTree(this.#progress)) {
            const lines = renderDiffs(row.step.diffs, this.#colors);
            if (lines.length === 0) continue;
            this.#stream.write(`${this.#colors.bold(row.step.name)}\n${lines.map((line) => `    ${line}\n`).join("")}`);
        }
    }
}

// A display follows an operation: a live table on a terminal, plain lines elsewhere.
import pc from "picocolors";
import type { EngineEvent } from "../../embedded/engine/events.ts";
import { liveProgressVariable } from "../../pipeline/stage/progressLine.ts";
import type { Context } from "../commandLine.ts";
import type { Colors } from "./format.ts";
import { LiveDisplay } from "./live.ts";
import { PlainDisplay } from "./plain.ts";
import type { Stages } from "./remark.ts";

export interface Display {
    handle(event: EngineEvent): void;
    /** Says something between the events. */
    note(text: string): void;
    /** Ends the display, leaving its last state on the terminal. */
    finish(): void;
}

export interface DisplayOptions {
    /** A preview: the words are those of a plan. */
    readonly planning: boolean;
    /** Show the changed properties of every resource. */
    readonly diff: boolean;
    /** The stages before the operation, when it may run some. */
    readonly stages?: Stages | undefined;
}

export function createDisplay(options: DisplayOptions, context: Context): Display {
    const colors = colorsFor(context);
    const isLive = isLiveTerminal(context);
    // The providers started from now on inherit it: how far their transfers are is drawn, or told in lines of its own.
    if (isLive) process.env[liveProgressVariable] = "1";
    else delete process.env[liveProgressVariable];
    return isLive
        ? new LiveDisplay(options, context.stdout, colors)
        : new PlainDisplay(options, context.stdout, colors);
}

export function isLiveTerminal({ stdout, environment }: Context): boolean {
    return stdout.isTTY && environment.TERM !== "dumb";
}

/** NO_COLOR of any value turns colour off, FORCE_COLOR on, else it is for terminals. */
export function colorsFor(context: Context): Colors {
    const { NO_COLOR, FORCE_COLOR } = context.environment;
    return pc.createColors(!NO_COLOR && (FORCE_COLOR ? FORCE_COLOR !== "0" : isLiveTerminal(context)));
}

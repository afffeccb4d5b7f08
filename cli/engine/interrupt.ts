// Ctrl-C: once asks the operation to stop when its running steps are done, twice ends everything now.
import { constants } from "node:os";

export interface Interrupt {
    readonly signal: AbortSignal;
    /** Leaves signals to the process again. */
    release(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function onInterrupt(say: (line: string) => void): Interrupt {
    const controller = new AbortController();
    const handle = (signal: NodeJS.Signals): void => {
        // The children hold the other ends of our pipes, and stop when these close.
        if (controller.signal.aborted) process.exit(128 + constants.signals[signal]);
        say("stopping: waiting for running steps; press again to stop now");
        controller.abort();
    };
    for (const signal of signals) process.on(signal, handle);
    return {
        signal: controller.signal,
        release: () => {
            for (const signal of signals) process.off(signal, handle);
        },
    };
}

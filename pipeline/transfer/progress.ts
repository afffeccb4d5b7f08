// One line each ten seconds on how far a transfer is.
import prettyBytes from "pretty-bytes";
import prettyMs from "pretty-ms";

export interface Progress {
    /** Sets how much there is to do. */
    readonly plan: (bytes: number) => void;
    readonly add: (bytes: number) => void;
    readonly stop: () => void;
}

export function reportProgress(verb: string, say: (line: string) => void, everyMs = 10_000): Progress {
    const start = performance.now();
    let planned = 0;
    let done = 0;
    const timer = setInterval(() => {
        const seconds = (performance.now() - start) / 1000;
        const rate = done / seconds;
        const left = rate > 0 ? prettyMs(((planned - done) / rate) * 1000, { compact: true }) : "?";
        const percent = planned > 0 ? Math.floor((done / planned) * 100) : 0;
        say(
            `${verb} ${prettyBytes(done)} of ${prettyBytes(planned)} (${percent} %), ${prettyBytes(rate)}/s, ${left} left`,
        );
    }, everyMs);
    timer.unref();
    return {
        plan: (bytes) => {
            planned += bytes;
        },
        add: (bytes) => {
            done += bytes;
        },
        stop: () => {
            clearInterval(timer);
        },
    };
}

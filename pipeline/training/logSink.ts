// Where a log is shown: as it was written, or as a JSON object for each line.
import { once } from "node:events";
import type { Writable } from "node:stream";
import type { LogPlace } from "./status.ts";

/** A line, or a part of one; without a time, a part of a log. */
export interface LogPiece {
    /** When the line was written, as the cluster tells it. */
    readonly time?: string;
    readonly text: string;
}

export interface LogSink {
    /** What follows is of this container. */
    begin(place: LogPlace): Promise<void>;
    write(pieces: readonly LogPiece[]): Promise<void>;
    /** Nothing follows. */
    end(): Promise<void>;
}

/** The log alone. */
export function plainSink(out: Writable): LogSink {
    return {
        begin: () => Promise.resolve(),
        write: (pieces) => give(out, pieces.map(({ text }) => text).join("")),
        end: () => Promise.resolve(),
    };
}

/** Objects of `time`, `pod`, `container` and `line`, each on a line of its own as soon as its line is whole. */
export function jsonSink(out: Writable): LogSink {
    let place: LogPlace = { pod: "", container: "" };
    let time: string | undefined;
    let rest = "";
    const render = (line: string) => `${JSON.stringify({ ...(time !== undefined && { time }), ...place, line })}\n`;
    const flush = async () => {
        if (rest !== "") await give(out, render(rest));
        rest = "";
        time = undefined;
    };
    return {
        begin: async (next) => {
            await flush();
            place = next;
        },
        write: async (pieces) => {
            let text = "";
            for (const piece of pieces) {
                if (rest === "") time = piece.time;
                const lines = (rest + piece.text).split("\n");
                rest = lines.pop() ?? "";
                text += lines.map(render).join("");
                time = piece.time;
            }
            await give(out, text);
        },
        end: flush,
    };
}

async function give(out: Writable, text: string): Promise<void> {
    if (text !== "" && !out.write(text)) {
        await once(out, "drain");
    }
}

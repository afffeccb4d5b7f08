// Parts the timestamps from a container's log, and finds the place again where a broken connection left it.

import type { LogPiece } from "./logSink.ts";

/** What the API server puts before each line. */
const timestampShape = /^\d{4}-\d\d-\d\dT\S+$/;

/** Goes through one log, over as many connections as it takes. */
export class LogLines {
    /** The latest timestamp so far: a line may bear an earlier one than the line before, by a hair. */
    private mark: string | undefined;
    /** Of this line; none where the cluster speaks itself. */
    private stamp: string | undefined;
    /** Lines from that one on, and what is out of the last of them, in characters. */
    private count = 0;
    private shown = 0;
    /** The beginning of a line before its timestamp is whole; undefined in the middle of a line. */
    private head: string | undefined = "";
    /** How many of those lines this connection has brought again; undefined once it brings what is new. */
    private repeated: number | undefined;
    /** Characters of this line that are out already. */
    private skip = 0;

    /** From when on a new connection is to bring the log; what it repeats is left out. */
    get since(): string | undefined {
        return this.mark && new Date(Date.parse(this.mark) - 1000).toISOString();
    }

    /** A new connection begins with a line's beginning. */
    reconnect(): void {
        this.head = "";
        this.skip = 0;
        this.repeated = this.mark === undefined ? undefined : 0;
    }

    /** @returns what is new of it, line by line; the last may go on with the next chunk */
    take(chunk: string): LogPiece[] {
        const pieces: LogPiece[] = [];
        let rest = chunk;
        while (rest !== "") {
            if (this.head !== undefined) {
                rest = this.begin(this.head + rest);
            }
            const end = rest.indexOf("\n") + 1;
            const part = end === 0 ? rest : rest.slice(0, end);
            const text = this.unseen(part);
            if (text !== "") {
                pieces.push({ ...(this.stamp !== undefined && { time: this.stamp }), text });
            }
            rest = rest.slice(part.length);
            this.head = end > 0 ? "" : this.head;
        }
        return pieces;
    }

    /** Reads a timestamp and returns what follows it: nothing while it is not whole. */
    private begin(line: string): string {
        const word = /^([^ \n]*)[ \n]/.exec(line)?.[1];
        if (word === undefined) {
            this.head = line;
            return "";
        }
        this.head = undefined;
        if (!timestampShape.test(word)) {
            // The cluster's own words, such as that the log cannot be read any further.
            this.skip = 0;
            this.stamp = undefined;
            return line;
        }
        this.stamp = word;
        this.place(word);
        return line.slice(word.length + 1);
    }

    /** Timestamps have all nine decimals, so they sort as texts. */
    private place(stamp: string): void {
        this.skip = 0;
        const { mark = "" } = this;
        if (this.repeated !== undefined && (this.repeated > 0 || stamp <= mark)) {
            this.repeated += this.repeated > 0 || stamp === mark ? 1 : 0;
            const isLast = this.repeated === this.count;
            this.skip = isLast ? this.shown : Number.POSITIVE_INFINITY;
            this.repeated = isLast ? undefined : this.repeated;
            return;
        }
        this.repeated = undefined;
        this.count = stamp > mark ? 1 : this.count + 1;
        this.mark = stamp > mark ? stamp : mark;
        this.shown = 0;
    }

    private unseen(part: string): string {
        if (this.skip >= part.length) {
            this.skip -= part.length;
            return "";
        }
        const text = part.slice(this.skip);
        this.skip = 0;
        this.shown += text.length;
        return text;
    }
}

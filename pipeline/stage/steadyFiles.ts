// Which files of a running task hold still for so long that they can be taken for finished.
import type { Fingerprint } from "./fingerprint.ts";

interface Seen {
    readonly state: string;
    readonly since: number;
}

export class SteadyFiles {
    readonly #seen = new Map<string, Seen>();
    readonly #patience = new Map<string, number>();
    readonly #steadyMs: number;

    /** @param steadyMs - how long a file must not have changed */
    constructor(steadyMs: number) {
        this.#steadyMs = steadyMs;
    }

    /** Takes in how the files are now. @returns the names of those that have held still for long enough */
    look(files: ReadonlyMap<string, Fingerprint>, now: number): string[] {
        for (const name of this.#seen.keys()) {
            if (!files.has(name)) {
                this.#seen.delete(name);
            }
        }
        return [...files].flatMap(([name, { state }]) => {
            const before = this.#seen.get(name);
            if (before?.state !== state) {
                this.#seen.set(name, { state, since: now });
                return [];
            }
            return now - before.since >= this.#patienceFor(name) ? [name] : [];
        });
    }

    /** It was taken for finished and was not: from now on it has to hold still for twice as long. */
    doubt(name: string): void {
        this.#patience.set(name, this.#patienceFor(name) * 2);
    }

    #patienceFor(name: string): number {
        return this.#patience.get(name) ?? this.#steadyMs;
    }
}

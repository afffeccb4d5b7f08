// How fast bytes travel now, as opposed to on average since the start.

const windowMs = 10_000;
const sliceMs = 250;

/** Bytes per second over the last ten seconds; times are milliseconds of any one clock. */
export class MovingRate {
    readonly #start: number;
    /** Of pieces of the window, so that a fast transfer needs no more memory than a slow one. */
    #slices: { readonly start: number; bytes: number }[] = [];

    constructor(now: number) {
        this.#start = now;
    }

    /** @param bytes - negative for what has to be sent again */
    add(bytes: number, now: number): void {
        const last = this.#slices.at(-1);
        if (last && now - last.start < sliceMs) {
            last.bytes += bytes;
            return;
        }
        this.#drop(now);
        this.#slices.push({ start: now, bytes });
    }

    perSecond(now: number): number {
        this.#drop(now);
        const bytes = this.#slices.reduce((sum, slice) => sum + slice.bytes, 0);
        // Of less than a second nothing can be said.
        const seconds = Math.max(1000, Math.min(windowMs, now - this.#start)) / 1000;
        return Math.max(0, bytes / seconds);
    }

    #drop(now: number): void {
        this.#slices = this.#slices.filter(({ start }) => now - start < windowMs);
    }
}

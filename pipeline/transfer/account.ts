// What one object adds to the progress of several, so that it can be taken back when it is to be sent again later.
import type { TransferOptions } from "./options.ts";
import type { Meter } from "./progress.ts";

export class Account {
    readonly #meter: Meter;
    #planned: number;
    #done = 0;

    /** @param size - of the object, in bytes */
    constructor(meter: Meter, size: number) {
        this.#meter = meter;
        this.#planned = size;
        meter.plan(size);
    }

    /** What its transfer tells. */
    get listeners(): Required<Pick<TransferOptions, "onBytes" | "onFound" | "onObject">> {
        const { onBytes, onFound, onObject } = this.#meter.listeners;
        return {
            onBytes: (bytes) => {
                this.#done += bytes;
                onBytes(bytes);
            },
            onFound: (bytes) => {
                this.#planned -= bytes;
                onFound(bytes);
            },
            onObject,
        };
    }

    /** Leaves the progress as if the object had never been. */
    cancel(): void {
        this.#meter.plan(-this.#planned);
        this.#meter.add(-this.#done);
        this.#planned = 0;
        this.#done = 0;
    }
}

// How far transfers are: bytes, rate, remaining time.
import prettyBytes from "pretty-bytes";
import prettyMs from "pretty-ms";
import type { ObjectListener, TransferOptions } from "./options.ts";
import { MovingRate } from "./rate.ts";

export interface Progress {
    /** Bytes. */
    readonly planned: number;
    readonly done: number;
    /** Bytes per second, of the last ten seconds. */
    readonly rate: number;
}

export interface ObjectProgress {
    readonly name: string;
    /** Bytes. */
    readonly size: number;
    readonly done: number;
    readonly rate: number;
}

/** Several transfers that are told of as one: those of a stage. */
export interface TransferProgress extends Progress {
    /** Those that travel now, in the order in which they began. */
    readonly objects: readonly ObjectProgress[];
}

/** Counts bytes as they travel. */
export class Meter {
    readonly #clock: () => number;
    readonly #rate: MovingRate;
    readonly #objects = new Set<() => ObjectProgress>();
    #planned = 0;
    #done = 0;

    /** @param clock - in milliseconds */
    constructor(clock = () => performance.now()) {
        this.#clock = clock;
        this.#rate = new MovingRate(clock());
    }

    /** So much more is to be done; less, when negative. */
    readonly plan = (bytes: number): void => {
        this.#planned += bytes;
    };

    readonly add = (bytes: number): void => {
        this.#done += bytes;
        this.#rate.add(bytes, this.#clock());
    };

    /** What a transfer tells this meter. */
    readonly listeners: Required<Pick<TransferOptions, "onBytes" | "onFound" | "onObject">> = {
        onBytes: this.add,
        // What is there already is neither to be done nor done.
        onFound: (bytes) => {
            this.plan(-bytes);
        },
        onObject: ({ name, size }) => this.#follow(name, size),
    };

    snapshot(): TransferProgress {
        return {
            planned: this.#planned,
            done: this.#done,
            rate: this.#rate.perSecond(this.#clock()),
            objects: [...this.#objects].map((look) => look()),
        };
    }

    #follow(name: string, size: number): ObjectListener {
        const rate = new MovingRate(this.#clock());
        let done = 0;
        const look = () => ({ name, size, done, rate: rate.perSecond(this.#clock()) });
        this.#objects.add(look);
        return {
            onBytes: (bytes) => {
                done += bytes;
                rate.add(bytes, this.#clock());
            },
            onFound: (bytes) => {
                done += bytes;
            },
            onEnd: () => {
                this.#objects.delete(look);
            },
        };
    }
}

/** `3 GB of 10 GB (30 %), 100 MB/s, 1m 10s left`. */
export function describeProgress({ planned, done, rate }: Progress): string {
    const percent = planned > 0 ? Math.min(100, Math.floor((done / planned) * 100)) : 0;
    const left = planned - done;
    const parts = [
        `${prettyBytes(done)} of ${prettyBytes(planned)} (${percent} %)`,
        `${prettyBytes(Math.round(rate))}/s`,
        ...(rate >= 1 && left > 0 ? [`${prettyMs(Math.ceil(left / rate) * 1000, { unitCount: 2 })} left`] : []),
    ];
    return parts.join(", ");
}

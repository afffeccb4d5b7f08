// How a transfer behaves; every transfer takes these, and the defaults suit a Ceph gateway far away.

export interface TransferOptions {
    readonly signal?: AbortSignal;
    /** Called with the size of each piece sent or received; negative when a failed attempt starts over. */
    readonly onBytes?: (bytes: number) => void;
    /** Called with the size of what an earlier run has transferred already; negative when that turns out wrong. */
    readonly onFound?: (bytes: number) => void;
    /** Called when the transfer of an object begins; what it gives back is told of its bytes, and of its end. */
    readonly onObject?: (object: { readonly name: string; readonly size: number }) => ObjectListener;
    /** Called before a failed attempt is repeated. */
    readonly onRetry?: (message: string) => void;
    /** Objects, and parts of one object, that travel at once. @default 8, and 24 of small objects beside them */
    readonly parallel?: number;
    /** Repetitions after a transient failure. @default 6 */
    readonly retries?: number;
    /** First delay before a repetition; doubles each time. @default 500 */
    readonly minDelayMs?: number;
    /** Objects from this size on are sent in parts. @default 1 GiB, as gateways before S3 often refuse large parts */
    readonly multipartBytes?: number;
    /** @default 256 MiB, more when the object would need over 10,000 parts */
    readonly partBytes?: number;
    /**
     * Folder on this machine for notes of a stage's unfinished uploads, by which its next run goes on with them.
     * @default none: what was sent of an object in parts is thrown away when that fails
     */
    readonly notes?: string;
}

/** The transfer of one object; bytes are as in `TransferOptions`. */
export interface ObjectListener {
    readonly onBytes: (bytes: number) => void;
    readonly onFound: (bytes: number) => void;
    readonly onEnd: () => void;
}

export const defaults = {
    parallel: 8,
    /** A small object takes the way to the server and back rather than the time of its bytes. */
    parallelSmall: 24,
    retries: 6,
    minDelayMs: 500,
    multipartBytes: 1024 ** 3,
    partBytes: 256 * 1024 ** 2,
} as const;

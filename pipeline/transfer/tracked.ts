// The transfer of one object, with someone told how far it is.
import type { TransferOptions } from "./options.ts";

/** Runs the transfer with options that also tell `onObject`'s listener, if there is one. */
export async function tracked<Options extends TransferOptions, Result>(
    object: { readonly name: string; readonly size: number },
    options: Options,
    run: (options: Options) => Promise<Result>,
): Promise<Result> {
    const listener = options.onObject?.(object);
    if (!listener) {
        return run(options);
    }
    try {
        return await run({
            ...options,
            onBytes: (bytes) => {
                options.onBytes?.(bytes);
                listener.onBytes(bytes);
            },
            onFound: (bytes) => {
                options.onFound?.(bytes);
                listener.onFound(bytes);
            },
        });
    } finally {
        listener.onEnd();
    }
}

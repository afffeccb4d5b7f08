// Several transfers at once: the first that fails stops the others.
import pLimit from "p-limit";
import type { TransferOptions } from "./options.ts";

/**
 * Runs one transfer for each item, `atOnce` of them at a time. A failure is told when all have come to rest: nothing is
 * written any more after that, here or on the server.
 */
export async function sideBySide<Item, Result>(
    items: readonly Item[],
    atOnce: number,
    options: TransferOptions,
    run: (item: Item, options: TransferOptions & { readonly signal: AbortSignal }) => Promise<Result>,
): Promise<Result[]> {
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const guarded = async (item: Item) => {
        try {
            signal.throwIfAborted();
            return await run(item, { ...options, signal });
        } catch (error) {
            stop.abort(error);
            throw error;
        }
    };
    const limit = pLimit(atOnce);
    const outcomes = await Promise.allSettled(items.map((item) => limit(guarded, item)));
    stop.signal.throwIfAborted();
    return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

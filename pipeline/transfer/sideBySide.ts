// Several transfers at once: the first that fails stops the others.
import pMap from "p-map";
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
    // Those that are not begun when one fails end at once.
    const results = await pMap(items, guarded, { concurrency: atOnce, stopOnError: false }).catch(() => []);
    stop.signal.throwIfAborted();
    return results;
}

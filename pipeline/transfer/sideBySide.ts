// Several transfers at once: the first that fails stops the others.
import pMap from "p-map";
import { defaults, type TransferOptions } from "./options.ts";

type Stoppable = TransferOptions & { readonly signal: AbortSignal };

/**
 * Runs one transfer for each item, `atOnce` of them at a time. A failure is told when all have come to rest: nothing is
 * written any more after that, here or on the server.
 */
export async function sideBySide<Item, Result>(
    items: readonly Item[],
    atOnce: number,
    options: TransferOptions,
    run: (item: Item, options: Stoppable) => Promise<Result>,
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

/** Up to this size an object takes about as long as the way to a server far away, of 20 ms and more. */
const smallBytes = 1024 ** 2;

/** Runs one transfer for each object; the small ones go beside the others, and by default more of them at once. */
export async function eachObject<Item extends { readonly size: number }, Result>(
    objects: readonly Item[],
    options: TransferOptions,
    run: (object: Item, options: Stoppable) => Promise<Result>,
): Promise<Result[]> {
    const groups = [
        { items: objects.filter(({ size }) => size > smallBytes), atOnce: options.parallel ?? defaults.parallel },
        { items: objects.filter(({ size }) => size <= smallBytes), atOnce: options.parallel ?? defaults.parallelSmall },
    ];
    const results = await sideBySide(groups, groups.length, options, (group, stoppable) =>
        sideBySide(group.items, group.atOnce, stoppable, run),
    );
    return results.flat();
}

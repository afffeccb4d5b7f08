// Bodies whose bytes are counted as they travel.
import { type Readable, Transform } from "node:stream";
import type { TransferOptions } from "./options.ts";

/** Runs `send` with the source; the bytes of an attempt that failed are taken back. */
export async function counted<T>(
    source: Readable,
    options: TransferOptions,
    send: (body: Readable) => Promise<T>,
): Promise<T> {
    let sent = 0;
    const counter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
            sent += chunk.length;
            options.onBytes?.(chunk.length);
            done(null, chunk);
        },
    });
    source.on("error", (error) => counter.destroy(error));
    try {
        return await send(source.pipe(counter));
    } catch (error) {
        options.onBytes?.(-sent);
        // A file that cannot be read ends the body early; that cause matters more than what the server made of it.
        throw source.errored ?? error;
    } finally {
        source.destroy();
        counter.destroy();
    }
}

// Bodies whose bytes are counted, and hashed when asked to, as they travel.
import type { Hash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import { describeLocal } from "./localFile.ts";
import type { TransferOptions } from "./options.ts";

/** Runs `send` with the source, a stream of the named file; the bytes of an attempt that failed are taken back. */
export async function counted<T>(
    file: string,
    source: Readable,
    options: TransferOptions,
    send: (body: Readable) => Promise<T>,
    hash?: Hash,
): Promise<T> {
    let sent = 0;
    const counter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
            sent += chunk.length;
            hash?.update(chunk);
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
        throw source.errored ? describeLocal("read", file, source.errored) : error;
    } finally {
        source.destroy();
        counter.destroy();
    }
}

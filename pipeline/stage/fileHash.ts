// SHA-256 of files, streamed.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

const chunkBytes = 1024 * 1024;

/** @param onBytes - called with the size of each piece as it was read */
export async function sha256OfFile(
    file: string,
    options: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<{ sha256: string; size: number }> {
    const hash = createHash("sha256");
    let size = 0;
    const signal = options.signal;
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes, ...(signal && { signal }) })) {
        const bytes = chunk as Buffer;
        hash.update(bytes);
        size += bytes.length;
        options.onBytes?.(bytes.length);
    }
    return { sha256: hash.digest("hex"), size };
}

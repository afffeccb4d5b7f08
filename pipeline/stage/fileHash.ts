// SHA-256 of files, streamed.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { forEachPiece } from "../pieces.ts";

/** @param onBytes - called with the size of each piece as it was read */
export async function sha256OfFile(
    file: string,
    options: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<{ sha256: string; size: number }> {
    const hash = createHash("sha256");
    let size = 0;
    await using handle = await open(file);
    await forEachPiece(handle, { signal: options.signal }, (piece) => {
        hash.update(piece);
        size += piece.length;
        options.onBytes?.(piece.length);
    });
    return { sha256: hash.digest("hex"), size };
}

// The bytes of a file, piece by piece, in buffers that are used again: a fresh one for each piece costs the garbage
// collector and the kernel more than the reading itself.
import type { FileHandle } from "node:fs/promises";

export interface PieceOptions {
    /** @default 0 */
    readonly start?: number;
    /** Bytes to read. @default to the end of the file */
    readonly length?: number;
    readonly signal?: AbortSignal | undefined;
}

export const pieceBytes = 256 * 1024;

// As many as were ever in use at once, which is two for each file.
const idle: Buffer[] = [];

/** A buffer of `pieceBytes`, with anything in it. */
export function takeBuffer(): Buffer {
    return idle.pop() ?? Buffer.allocUnsafeSlow(pieceBytes);
}

/** Must not be called while anything still reads or writes them. */
export function returnBuffers(...buffers: readonly (Buffer | undefined)[]): void {
    idle.push(...buffers.filter((buffer) => buffer !== undefined));
}

/**
 * Calls `take` with each piece in order; the next one is read meanwhile. A piece is the caller's until the promise of
 * `take` is fulfilled. Ends early, without an error, where the file does.
 */
export async function forEachPiece(
    file: FileHandle,
    { start = 0, length = Number.POSITIVE_INFINITY, signal }: PieceOptions,
    take: (piece: Buffer) => Promise<void> | void,
): Promise<void> {
    let filling = takeBuffer();
    let filled: Buffer | undefined;
    let position = start;
    const end = start + length;
    const readNext = async () => {
        const { bytesRead } = await file.read(filling, 0, Math.min(pieceBytes, end - position), position);
        position += bytesRead;
        return bytesRead;
    };
    let bytes = await readNext();
    while (bytes > 0) {
        signal?.throwIfAborted();
        const piece = bytes === pieceBytes ? filling : filling.subarray(0, bytes);
        const isLast = position >= end;
        if (!isLast) [filling, filled] = [filled ?? takeBuffer(), filling];
        const taken = take(piece);
        [bytes] = await Promise.all([isLast ? 0 : readNext(), taken]);
    }
    // After a failure somebody may still be reading from a buffer, so that it is left to the garbage collector.
    returnBuffers(filling, filled);
}

// A range of a file as the body of a request.
import { open } from "node:fs/promises";
import type { ClientRequest } from "node:http";
import { Readable } from "node:stream";
import { forEachPiece } from "../pieces.ts";
import { describeLocal, LocalFileError } from "./localFile.ts";
import type { TransferOptions } from "./options.ts";

export interface FileRange {
    readonly path: string;
    readonly start: number;
    readonly length: number;
}

/**
 * Runs `send` with the range as a stream; the bytes of an attempt that failed are taken back.
 * @param onPiece - called with what is sent, which is only to be read before it returns
 */
export async function sendRange<T>(
    range: FileRange,
    options: TransferOptions,
    send: (body: Readable) => Promise<T>,
    onPiece?: (piece: Buffer) => void,
): Promise<T> {
    let sent = 0;
    const onSent = (bytes: number) => {
        sent += bytes;
        options.onBytes?.(bytes);
    };
    const body = new FileBody(range, onPiece, onSent);
    try {
        return await send(body);
    } catch (error) {
        options.onBytes?.(-sent);
        // A file that cannot be read ends the body early; that cause matters more than what the server made of it.
        throw body.failure ?? error;
    } finally {
        body.stop();
    }
}

/**
 * What the SDK takes for a stream, and pipes into its request. It writes there by itself, since only who waits for the
 * end of each write knows when its buffer may be used again.
 */
class FileBody extends Readable {
    /** Why the file could not be read to its end. */
    failure: unknown;
    readonly #range: FileRange;
    readonly #onPiece: ((piece: Buffer) => void) | undefined;
    readonly #onSent: (bytes: number) => void;
    #writer: PieceWriter | undefined;

    constructor(range: FileRange, onPiece: ((piece: Buffer) => void) | undefined, onSent: (bytes: number) => void) {
        super();
        this.#range = range;
        this.#onPiece = onPiece;
        this.#onSent = onSent;
    }

    override pipe<T extends NodeJS.WritableStream>(destination: T): T {
        const request = destination as unknown as ClientRequest;
        const writer = new PieceWriter(request);
        this.#writer = writer;
        this.#writeTo(writer).then(
            () => request.end(),
            (error: unknown) => request.destroy(error as Error),
        );
        return destination;
    }

    /** An answer that came before the body's end, such as a refusal, leaves a request behind that is of no use. */
    stop(): void {
        this.destroy();
        this.#writer?.abandon();
    }

    async #writeTo(writer: PieceWriter): Promise<void> {
        const { path, start, length } = this.#range;
        let read = 0;
        try {
            await using file = await open(path);
            await forEachPiece(file, { start, length }, async (piece) => {
                read += piece.length;
                const written = writer.write(piece);
                this.#onPiece?.(piece);
                await written;
                this.#onSent(piece.length);
            });
            if (read < length) {
                throw new LocalFileError(`${path} became shorter while it was sent`);
            }
        } catch (error) {
            if (error !== writer.failure) {
                this.failure = describeLocal("read", path, error);
            }
            throw error;
        }
    }
}

/** Writes to a request; each write ends when its bytes have left this process, or cannot any more. */
class PieceWriter {
    /** Why nothing more can be written. */
    failure: Error | undefined;
    #reject: ((error: Error) => void) | undefined;
    readonly #request: ClientRequest;

    constructor(request: ClientRequest) {
        this.#request = request;
        request.once("close", () => {
            this.abandon();
        });
    }

    write(piece: Buffer): Promise<void> {
        return new Promise((resolve, reject) => {
            if (this.failure) {
                reject(this.failure);
                return;
            }
            this.#reject = reject;
            this.#request.write(piece, (error) => {
                this.failure ??= error ?? undefined;
                this.failure ? reject(this.failure) : resolve();
            });
        });
    }

    abandon(): void {
        this.failure ??= new Error("the request ended before its body");
        this.#reject?.(this.failure);
    }
}

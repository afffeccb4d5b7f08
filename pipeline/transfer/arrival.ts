// The bytes of an object that have arrived: written to the partial file in order, and hashed as they come.
import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { forEachPiece, pieceBytes, returnBuffers, takeBuffer } from "../pieces.ts";
import type { Artefact } from "../stage/manifest.ts";
import { onDisk } from "./localFile.ts";
import type { TransferOptions } from "./options.ts";
import { IntegrityError } from "./retry.ts";
import { noteSpent } from "./spentBuffers.ts";

type Expected = Pick<Artefact, "size"> & Partial<Artefact>;

export class Arrival {
    /** Of the object that the bytes received came from, once it is known. */
    etag: string | undefined;
    /** Bytes from the start of the object that are in the file and in the hash. */
    received = 0;
    /** The most that was ever received, and that at the last failure. */
    #furthest = 0;
    #found = 0;
    #hash: Hash = createHash("sha256");
    /** The last bytes received, which are not in the file yet: each write costs a turn of the thread pool. */
    #gathering = takeBuffer();
    #gathered = 0;
    /** The write that is under way, and its buffer; an object of one buffer needs no second one. */
    #writing: Promise<void> = Promise.resolve();
    #written: Buffer | undefined;
    readonly #handle: FileHandle;
    readonly #file: string;
    readonly #expected: Expected;
    readonly #options: TransferOptions;

    constructor(handle: FileHandle, file: string, expected: Expected, options: TransferOptions) {
        this.#handle = handle;
        this.#file = file;
        this.#expected = expected;
        this.#options = options;
    }

    /** Takes in what lies in the file, or throws it away. */
    async resume(keep: boolean): Promise<void> {
        const { size } = await this.#handle.stat();
        if (size === 0) {
            return;
        }
        if (!keep || size > this.#expected.size) {
            await this.startOver();
            return;
        }
        const signal = this.#options.signal;
        await onDisk("read", this.#file, () =>
            forEachPiece(this.#handle, { signal }, (piece) => {
                this.#hash.update(piece);
                this.received += piece.length;
            }),
        );
        this.#found = this.received;
        this.#furthest = this.received;
        this.#options.onFound?.(this.#found);
    }

    isComplete(): boolean {
        return this.received > 0 && this.received === this.#expected.size;
    }

    /** Whether more has arrived than at any failure before. */
    progressed(): boolean {
        const further = this.received > this.#furthest;
        this.#furthest = Math.max(this.#furthest, this.received);
        return further;
    }

    /** Takes the next bytes; they are in the file only after `settle`. */
    async write(chunk: Buffer): Promise<void> {
        if (this.received + chunk.length > this.#expected.size) {
            await this.startOver();
            throw new IntegrityError(`got more than the ${this.#expected.size} bytes that are expected`);
        }
        for (let taken = 0; taken < chunk.length; ) {
            const count = chunk.copy(this.#gathering, this.#gathered, taken);
            taken += count;
            this.#gathered += count;
            this.received += count;
            if (this.#gathered === pieceBytes) {
                await this.#beginWrite();
            }
        }
        this.#hash.update(chunk);
        this.#options.onBytes?.(chunk.length);
        noteSpent(chunk.length);
    }

    /** Resolves when all that was taken is in the file. */
    async settle(): Promise<void> {
        await this.#writing;
        await this.#write(this.#gathering);
    }

    /** Gives its buffers to others; only after `settle` has succeeded. */
    release(): void {
        returnBuffers(this.#gathering, this.#written);
    }

    /** Begins to write what was gathered, once the write before has ended. */
    async #beginWrite(): Promise<void> {
        await this.#writing;
        const full = this.#gathering;
        this.#gathering = this.#written ?? takeBuffer();
        this.#written = full;
        this.#writing = this.#write(full);
        // Whoever waits for it next is told.
        this.#writing.catch(() => undefined);
    }

    /** Writes what was gathered in the buffer. */
    #write(buffer: Buffer): Promise<void> {
        const [bytes, position] = [buffer.subarray(0, this.#gathered), this.received - this.#gathered];
        this.#gathered = 0;
        return onDisk("write", this.#file, async () => {
            for (let done = 0; done < bytes.length; ) {
                const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done);
                done += bytesWritten;
            }
        });
    }

    /** Compares what has arrived with what is expected; what is too short stays, other contents go. */
    async verify(): Promise<void> {
        const { size, sha256: expected } = this.#expected;
        const sha256 = this.#hash.copy().digest("hex");
        if (this.received === size && sha256 === (expected ?? sha256)) {
            return;
        }
        const got = `got ${this.received} bytes with SHA-256 ${sha256}`;
        if (this.received === size) {
            await this.startOver();
        }
        throw new IntegrityError(`${got}, expected are ${size} bytes with ${expected ?? "any"}`);
    }

    async startOver(): Promise<void> {
        this.#options.onFound?.(-this.#found);
        this.#options.onBytes?.(this.#found - this.received);
        this.#found = 0;
        this.received = 0;
        this.etag = undefined;
        this.#hash = createHash("sha256");
        this.#gathered = 0;
        await this.#writing.catch(() => undefined);
        await onDisk("write", this.#file, () => this.#handle.truncate(0));
    }
}

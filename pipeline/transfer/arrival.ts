// The bytes of an object that have arrived: written to the partial file in order, and hashed as they come.
import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { Artefact } from "../stage/manifest.ts";
import { onDisk } from "./localFile.ts";
import type { TransferOptions } from "./options.ts";
import { IntegrityError } from "./retry.ts";

type Expected = Pick<Artefact, "size"> & Partial<Artefact>;

const chunkBytes = 1 << 20;

export class Arrival {
    /** Of the object that the bytes received came from, once it is known. */
    etag: string | undefined;
    /** Bytes from the start of the object that are in the file and in the hash. */
    received = 0;
    /** The most that was ever received, and that at the last failure. */
    #furthest = 0;
    #found = 0;
    #hash: Hash = createHash("sha256");
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
        const there = this.#handle.createReadStream({ start: 0, autoClose: false, highWaterMark: chunkBytes });
        await onDisk("read", this.#file, async () => {
            for await (const chunk of there) {
                signal?.throwIfAborted();
                this.#hash.update(chunk as Buffer);
                this.received += (chunk as Buffer).length;
            }
        });
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

    async write(chunk: Buffer): Promise<void> {
        if (this.received + chunk.length > this.#expected.size) {
            await this.startOver();
            throw new IntegrityError(`got more than the ${this.#expected.size} bytes that are expected`);
        }
        // Hashed while it is being written.
        const writing = onDisk("write", this.#file, () => this.#writeAt(chunk, this.received));
        this.#hash.update(chunk);
        await writing;
        this.received += chunk.length;
        this.#options.onBytes?.(chunk.length);
    }

    async #writeAt(chunk: Buffer, position: number): Promise<void> {
        for (let done = 0; done < chunk.length; ) {
            const { bytesWritten } = await this.#handle.write(chunk, done, chunk.length - done, position + done);
            done += bytesWritten;
        }
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
        await onDisk("write", this.#file, () => this.#handle.truncate(0));
    }
}

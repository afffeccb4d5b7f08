// Sends the files of a stage to S3 while its task still runs, each as soon as it seems finished. Nothing depends on
// that: at the end all files are compared with what is there, and this only leaves less to do.
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { Account } from "../transfer/account.ts";
import { clientFor } from "../transfer/client.ts";
import type { Meter } from "../transfer/progress.ts";
import { UploadAhead } from "../transfer/uploadAhead.ts";
import type { Say } from "./console.ts";
import { sha256OfFile } from "./fileHash.ts";
import { type Fingerprint, fingerprintOf } from "./fingerprint.ts";
import { type FinishedFile, FinishedFiles } from "./finishedFiles.ts";
import { artefactPath } from "./manifest.ts";
import { uploadsFolder } from "./paths.ts";
import { progressBoard } from "./progressBoard.ts";
import type { StageInputs } from "./state.ts";

/** How a running stage is looked at. */
export interface Pace {
    /** How long a file that no process is seen to write must not have changed. */
    readonly steadyMs: number;
    /** From one look to the next. */
    readonly lookMs: number;
    /** How long nothing is sent after a failure that has nothing to do with the file. */
    readonly pauseMs: number;
}

/** A file that is sent too soon costs its bytes once more, and is then left alone for longer. */
export const defaultPace: Pace = { steadyMs: 15_000, lookMs: 10_000, pauseMs: 5 * 60_000 };

/** Files at once; the task needs the disk and the network too. */
const atOnce = 2;

export type MirroredStage = StageInputs & Required<Pick<StageInputs, "target">>;

export interface SentFile {
    readonly sha256: string;
    /** As they travelled; fewer than the file has when an earlier run had sent parts of it. */
    readonly bytes: number;
}

/** Begins at once, and goes on until it is finished or cancelled. */
export class EarlySending {
    readonly #inputs: MirroredStage;
    readonly #pace: Pace;
    readonly #say: Say;
    readonly #signal: AbortSignal;
    readonly #notes: string;
    readonly #files: FinishedFiles;
    readonly #ahead: UploadAhead;
    readonly #meter: Meter;
    readonly #limit = pLimit(atOnce);
    /** State of a file, which a new name does not change → SHA-256 of what was in it. */
    readonly #hashed = new Map<string, string>();
    readonly #sent = new Map<string, SentFile>();
    /** Ends the looking; what is being sent goes on. */
    readonly #end = new AbortController();
    readonly #cancel = new AbortController();
    readonly #looking: Promise<void>;
    #underWay: readonly Promise<void>[] = [];
    #pausedUntil = 0;
    #hasTold = false;

    constructor(inputs: MirroredStage, pace: Pace, signal: AbortSignal, say: Say) {
        this.#inputs = inputs;
        this.#pace = pace;
        this.#say = say;
        this.#signal = AbortSignal.any([signal, this.#cancel.signal]);
        this.#notes = uploadsFolder(inputs.directory, inputs.stage);
        this.#files = new FinishedFiles(inputs.root, inputs.produces, pace.steadyMs);
        this.#ahead = new UploadAhead(clientFor(inputs.s3), inputs.root, inputs.target, inputs.stage);
        this.#meter = progressBoard.begin(inputs.stage, "sent");
        this.#looking = this.#look();
    }

    /** Begins with no other file; resolves when those under way are there, or have failed. */
    async finish(): Promise<void> {
        this.#end.abort();
        await this.#looking;
        await Promise.all(this.#underWay);
        progressBoard.end(this.#meter);
    }

    /** Leaves off what is under way, too. */
    async cancel(): Promise<void> {
        this.#cancel.abort();
        await this.finish();
    }

    /** The SHA-256 of a file that was hashed already and is still in the same state. */
    readonly hashOf = ({ state }: Fingerprint): string | undefined => this.#hashed.get(state);

    /** By name. */
    get sent(): ReadonlyMap<string, SentFile> {
        return this.#sent;
    }

    async #look(): Promise<void> {
        const underWay = new Set<Promise<void>>();
        while (!this.#isEnding()) {
            const found = this.#isPaused() ? [] : await this.#take().catch((error: unknown) => this.#fail(error));
            for (const file of found) {
                const sending = this.#limit(() => this.#send(file));
                underWay.add(sending);
                void sending.then(() => underWay.delete(sending));
            }
            await sleep(this.#pace.lookMs, undefined, { signal: this.#end.signal }).catch(() => undefined);
        }
        this.#underWay = [...underWay];
    }

    async #take(): Promise<FinishedFile[]> {
        const found = await this.#files.take();
        if (found.length > 0) {
            try {
                await this.#ahead.announce(
                    found.map(({ name }) => name),
                    this.#notes,
                );
            } catch (error) {
                for (const { name } of found) {
                    this.#files.giveBack(name, false);
                }
                throw error;
            }
        }
        return found;
    }

    #isEnding(): boolean {
        return this.#end.signal.aborted || this.#signal.aborted;
    }

    #isPaused(): boolean {
        return performance.now() < this.#pausedUntil;
    }

    async #send(file: FinishedFile): Promise<void> {
        const { name, size, state } = file;
        if (this.#isEnding() || this.#isPaused()) {
            this.#files.giveBack(name, false);
            return;
        }
        const account = new Account(this.#meter, size);
        try {
            const artefact = { name, size, sha256: await this.#hash(file) };
            const bytes = await this.#ahead.send(artefact, {
                signal: this.#signal,
                notes: this.#notes,
                ...account.listeners,
            });
            this.#files.settle(file);
            if (bytes === undefined) {
                account.cancel();
            } else {
                this.#sent.set(name, { sha256: artefact.sha256, bytes });
            }
        } catch (error) {
            account.cancel();
            const wasChanged = (await fingerprintOf(artefactPath(this.#inputs.root, name)))?.state !== state;
            this.#files.giveBack(name, wasChanged);
            if (!wasChanged) {
                this.#fail(error);
            }
        }
    }

    async #hash({ name, state }: FinishedFile): Promise<string> {
        const known = this.#hashed.get(state);
        if (known !== undefined) {
            return known;
        }
        const file = artefactPath(this.#inputs.root, name);
        const { sha256 } = await sha256OfFile(file, { signal: this.#signal });
        if ((await fingerprintOf(file))?.state !== state) {
            throw new Error(`${file} was changed while it was read`);
        }
        this.#hashed.set(state, sha256);
        return sha256;
    }

    /** Told once; the end of the stage is where a failure counts. */
    #fail(error: unknown): [] {
        this.#pausedUntil = performance.now() + this.#pace.pauseMs;
        if (!this.#hasTold && !this.#signal.aborted) {
            this.#hasTold = true;
            this.#say(`${(error as Error).message}; it is tried again later, at the latest when the task has ended`);
        }
        return [];
    }
}

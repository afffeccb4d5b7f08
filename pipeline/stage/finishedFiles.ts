// Which files of a running task seem to be finished: they hold still, and nobody has them open for writing.
import { type Fingerprint, fingerprintOf } from "./fingerprint.ts";
import { artefactPath } from "./manifest.ts";
import { openForWriting } from "./openFiles.ts";
import { matchingFiles } from "./produced.ts";
import { SteadyFiles } from "./steadyFiles.ts";

export interface FinishedFile extends Fingerprint {
    readonly name: string;
}

export class FinishedFiles {
    readonly #root: string;
    readonly #produces: readonly string[];
    readonly #steady: SteadyFiles;
    /** Names of files that were handed out and about which nothing was heard since. */
    readonly #taken = new Set<string>();
    /** Name → state in which the file has been dealt with. */
    readonly #settled = new Map<string, string>();

    /** @param steadyMs - how long a file that no process is seen to write must not have changed */
    constructor(root: string, produces: readonly string[], steadyMs: number) {
        this.#root = root;
        this.#produces = produces;
        this.#steady = new SteadyFiles(steadyMs);
    }

    /** Those that are neither handed out at present nor settled; each is to be settled or given back. */
    async take(): Promise<FinishedFile[]> {
        const files = await this.#list();
        for (const [name, state] of this.#settled) {
            if (files.get(name)?.state !== state) {
                this.#settled.delete(name);
                this.#steady.doubt(name);
            }
        }
        const steady = new Set(this.#steady.look(files, performance.now()));
        const waiting = [...files.values()].filter(
            ({ name }) => steady.has(name) && !this.#taken.has(name) && !this.#settled.has(name),
        );
        if (waiting.length === 0) {
            return [];
        }
        const open = await openForWriting(new Set(waiting.map(({ inode }) => inode)));
        const finished = waiting.filter(({ inode }) => !open.has(inode));
        for (const { name } of finished) {
            this.#taken.add(name);
        }
        return finished;
    }

    /** Nothing more is to be done with the file while it stays as it is. */
    settle({ name, state }: FinishedFile): void {
        this.#taken.delete(name);
        this.#settled.set(name, state);
    }

    /** @param unfinished - it was not finished after all: from now on it has to hold still for twice as long */
    giveBack(name: string, unfinished: boolean): void {
        this.#taken.delete(name);
        if (unfinished) {
            this.#steady.doubt(name);
        }
    }

    async #list(): Promise<Map<string, FinishedFile>> {
        const files = new Map<string, FinishedFile>();
        for (const name of await matchingFiles(this.#root, this.#produces)) {
            const fingerprint = await fingerprintOf(artefactPath(this.#root, name));
            if (fingerprint) {
                files.set(name, { name, ...fingerprint });
            }
        }
        return files;
    }
}

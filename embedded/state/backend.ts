// Pulumi's file backend: <folder>/.pulumi with one JSON file per stack, its backup, history and lock.
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { replaceFile } from "../../files/replaceFile.ts";
import { keepAs, readIfThere } from "./files.ts";

/** What the history keeps of one update. */
export interface UpdateRecord {
    readonly kind: "update" | "refresh" | "destroy";
    readonly startTime: number;
    readonly endTime: number;
    readonly result: "succeeded" | "failed";
    readonly resourceChanges: Readonly<Record<string, number>>;
}

interface LockContent {
    readonly pid: number;
    readonly username: string;
    readonly hostname: string;
    readonly timestamp: string;
}

async function namesIn(directory: string): Promise<readonly string[]> {
    return readdir(directory).catch(() => []);
}

/** Beside each of its locks, Pulumi keeps a file of attributes, which is none. */
const isLock = (name: string): boolean => name.endsWith(".json");

/** Who holds a lock; one that is being written, or is damaged, is a lock all the same. */
function holderOf(text: string): string {
    try {
        const lock = JSON.parse(text) as LockContent;
        const state = isAlive(lock) ? "" : ", which is no longer running";
        return `${lock.username}@${lock.hostname}, process ${lock.pid}${state}`;
    } catch {
        return "its holder cannot be read";
    }
}

function isAlive(lock: LockContent): boolean {
    if (lock.hostname !== hostname()) {
        return true;
    }
    try {
        process.kill(lock.pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}

/** For names of files, as Pulumi has them, so that they sort by time. */
const nanoseconds = (): string => String(BigInt(Date.now()) * 1_000_000n);

export class FileBackend {
    readonly stateFile: string;
    private readonly root: string;
    private readonly history: string;
    private readonly backups: string;
    private readonly locks: string;
    private readonly stack: string;
    private prepared: Promise<void> | undefined;

    constructor(directory: string, project: string, stack: string) {
        this.root = join(directory, ".pulumi");
        this.stack = stack;
        this.stateFile = join(this.root, "stacks", project, `${stack}.json`);
        this.history = join(this.root, "history", project, stack);
        this.backups = join(this.root, "backups", project, stack);
        this.locks = join(this.root, "locks", "organization", project, stack);
    }

    /** The text of the state file, if the stack has one. */
    async read(): Promise<string | undefined> {
        const names = await namesIn(dirname(this.stateFile));
        for (const extension of [".gz", ".zst"]) {
            if (names.includes(`${this.stack}.json${extension}`)) {
                throw new Error(`${this.stateFile}${extension}: compressed state is not supported; use the Pulumi CLI`);
            }
        }
        return readIfThere(this.stateFile);
    }

    /** Replaces the state in one step; a crash leaves the old or the new file, never half of one. */
    async write(text: string | Uint8Array): Promise<void> {
        this.prepared ??= this.prepare();
        await this.prepared;
        await keepAs(this.stateFile, `${this.stateFile}.bak`);
        await replaceFile(this.stateFile, text, 0o600);
    }

    private async prepare(): Promise<void> {
        await mkdir(dirname(this.stateFile), { recursive: true });
        const path = join(this.root, "meta.yaml");
        if ((await readIfThere(path)) === undefined) {
            await replaceFile(path, "version: 1\n");
        }
    }

    /** Keeps the state as it is, for when it is about to be replaced by one from elsewhere. */
    async backUp(): Promise<void> {
        if ((await readIfThere(this.stateFile)) === undefined) {
            return;
        }
        await mkdir(this.backups, { recursive: true });
        await keepAs(this.stateFile, join(this.backups, `${this.stack}.${nanoseconds()}.json`));
    }

    /** Keeps the finished update in the history and the state it led to. */
    async record(update: UpdateRecord): Promise<void> {
        const stamp = nanoseconds();
        await Promise.all([mkdir(this.history, { recursive: true }), mkdir(this.backups, { recursive: true })]);
        const entry = { message: "", environment: {}, config: {}, version: 0, ...update };
        const prefix = join(this.history, `${this.stack}-${stamp}`);
        // The entry comes last: who finds it finds the state that it tells of.
        await keepAs(this.stateFile, join(this.backups, `${this.stack}.${stamp}.json`));
        await keepAs(this.stateFile, `${prefix}.checkpoint.json`);
        await replaceFile(`${prefix}.history.json`, JSON.stringify(entry), 0o600);
    }

    /** The newest entry of the history; undefined when there is none that can be read. */
    async lastUpdate(): Promise<UpdateRecord | undefined> {
        const names = (await namesIn(this.history)).filter((name) => name.endsWith(".history.json"));
        const newest = names.sort().at(-1);
        const text = newest === undefined ? undefined : await readIfThere(join(this.history, newest));
        try {
            return text === undefined ? undefined : (JSON.parse(text) as UpdateRecord);
        } catch {
            return undefined;
        }
    }

    /** Takes the stack's lock; the returned function gives it back. */
    async lock(): Promise<() => Promise<void>> {
        const name = `${randomUUID()}.json`;
        await this.refuseIfLocked(name);
        const own: LockContent = {
            pid: process.pid,
            username: userInfo().username,
            hostname: hostname(),
            timestamp: new Date().toISOString(),
        };
        await mkdir(this.locks, { recursive: true });
        const path = join(this.locks, name);
        await writeFile(path, JSON.stringify(own), { flag: "wx" });
        const unlock = (): Promise<void> => rm(path, { force: true });
        // Someone else may have done the same at the same time; then both step back.
        await this.refuseIfLocked(name).catch(async (error: unknown) => {
            await unlock();
            throw error;
        });
        return unlock;
    }

    private async refuseIfLocked(own: string): Promise<void> {
        const others = (await namesIn(this.locks)).filter((name) => isLock(name) && name !== own);
        const holders = await Promise.all(
            others.map(async (name) => {
                const path = join(this.locks, name);
                const text = await readIfThere(path);
                return text === undefined ? undefined : `  ${path}: ${holderOf(text)}`;
            }),
        );
        const lines = holders.filter((line) => line !== undefined);
        if (lines.length > 0) {
            throw new Error(
                `stack ${this.stack} is locked; wait for the other operation to end, or remove the lock with "cancel":\n` +
                    lines.join("\n"),
            );
        }
    }

    /** Removes every lock of the stack: for `cancel`, after a crash. Returns how many there were. */
    async removeLocks(): Promise<number> {
        const names = await namesIn(this.locks);
        await Promise.all(names.map((name) => rm(join(this.locks, name), { force: true })));
        return names.filter(isLock).length;
    }
}

// A task and all it started: law puts its containers into sessions of their own, so a process group is not enough.
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface Process {
    readonly pid: number;
    /** Tells it from a later process with the same pid. */
    readonly started: string;
}

interface Entry extends Process {
    readonly parent: number;
    readonly group: number;
    readonly session: number;
}

/** The variable that every process of a run inherits. */
export const runVariable = "AFRAME_STAGE_RUN";

async function entryOf(pid: number): Promise<Entry | undefined> {
    try {
        const text = await readFile(`/proc/${pid}/stat`, "utf8");
        // The command name in parentheses may hold spaces and parentheses; see proc(5).
        const [state, parent, group, session, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
        const started = rest[15] ?? "";
        const gone = state === "Z" || state === "X";
        return gone
            ? undefined
            : { pid, started, parent: Number(parent), group: Number(group), session: Number(session) };
    } catch {
        return undefined;
    }
}

function canSignal(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}

/** The process that has this pid now; without /proc its start cannot be told. */
export async function processOf(pid: number): Promise<Process | undefined> {
    if (process.platform !== "linux") {
        return canSignal(pid) ? { pid, started: "" } : undefined;
    }
    const entry = await entryOf(pid);
    return entry && { pid, started: entry.started };
}

export async function isAlive({ pid, started }: Process): Promise<boolean> {
    return (await processOf(pid))?.started === started;
}

export async function parentOf(pid: number): Promise<number | undefined> {
    return (await entryOf(pid))?.parent;
}

async function inheritedRun(pid: number, run: string): Promise<boolean> {
    const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    return environment.split("\0").includes(`${runVariable}=${run}`);
}

/** All living processes of a run: by group, session, descent or inherited variable. */
export async function familyOf(root: Process, run: string): Promise<Process[]> {
    if (process.platform !== "linux") {
        return canSignal(-root.pid) ? [{ pid: -root.pid, started: "" }] : [];
    }
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
    const entries = (await Promise.all(pids.map(entryOf))).filter((entry) => entry !== undefined);
    const family = new Map<number, Entry>();
    await Promise.all(
        entries.map(async (entry) => {
            const near = entry.group === root.pid || entry.session === root.pid;
            if (entry.pid !== process.pid && (near || (await inheritedRun(entry.pid, run)))) {
                family.set(entry.pid, entry);
            }
        }),
    );
    for (let size = -1; size !== family.size; ) {
        size = family.size;
        for (const entry of entries) {
            if (family.has(entry.parent)) {
                family.set(entry.pid, entry);
            }
        }
    }
    return [...family.values()];
}

function signalAll(processes: readonly Process[], signal: NodeJS.Signals): void {
    for (const { pid } of processes) {
        try {
            process.kill(pid, signal);
        } catch {
            // It ended meanwhile.
        }
    }
}

/** Ends a run: as Ctrl-C would, so that law stops its containers itself; then politely; then for sure. */
export async function terminate(root: Process, run: string, graceMs: number): Promise<void> {
    const seen = new Map<number, Process>();
    const living = async () => {
        for (const found of await familyOf(root, run)) {
            seen.set(found.pid, found);
        }
        const alive = await Promise.all(
            [...seen.values()].map(async (one) => ((await isAlive(one)) ? one : undefined)),
        );
        return process.platform === "linux" ? alive.filter((one) => one !== undefined) : familyOf(root, run);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
        signalAll(await living(), signal);
        const end = performance.now() + graceMs;
        while (performance.now() < end) {
            await sleep(50);
            if ((await living()).length === 0) {
                return;
            }
        }
    }
}

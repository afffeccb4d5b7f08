// One long-running program of the cluster, with a log of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { inState } from "./paths.ts";

export interface DaemonCommand {
    readonly name: string;
    readonly command: string;
    readonly args: readonly string[];
}

export function startDaemon({ name, command, args }: DaemonCommand): ChildProcess {
    const log = openSync(inState("logs", `${name}.log`), "a");
    return spawn(command, args, { stdio: ["ignore", log, log] });
}

/** `{ "bind-address": "127.0.0.1" }` → `--bind-address=127.0.0.1`. */
export function flags(values: Readonly<Record<string, string | number | boolean>>): string[] {
    return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

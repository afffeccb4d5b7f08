// Runs a command as a whole process and takes what the system says of it.
import path from "node:path";
import { execa } from "execa";

/** As bin/aframe sets it for itself and all that it starts. */
export const compileCache = { NODE_COMPILE_CACHE: path.join(import.meta.dirname, "../node_modules/.cache/node") };

export interface Measured {
    readonly seconds: number;
    readonly cpuSeconds: number;
    /** Largest resident set of one process, in megabytes. */
    readonly megabytes: number;
    readonly output: string;
}

/** Through GNU time, whose figures cover a process and all it waited for. Throws when the command fails. */
export async function measure(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
): Promise<Measured> {
    const result = await execa("/usr/bin/time", ["-f", "%e %U %S %M", command, ...args], {
        env,
        extendEnv: false,
        stdin: "ignore",
    });
    const [seconds = 0, user = 0, system = 0, kilobytes = 0] =
        result.stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
    return { seconds, cpuSeconds: user + system, megabytes: kilobytes / 1000, output: result.stdout };
}

export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

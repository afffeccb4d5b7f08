// Stands between the provider and a task: when the provider is gone, however it went, the task goes too.
//   node supervise.ts <run id> <grace in ms> <command> [argument…]
import { spawn } from "node:child_process";
import { processOf, runVariable, terminate } from "./processTree.ts";

export type SupervisorMessage =
    | { readonly type: "started"; readonly pid: number; readonly started: string }
    | { readonly type: "failed"; readonly code?: string; readonly message: string }
    | { readonly type: "exited"; readonly code: number | null; readonly signal: NodeJS.Signals | null };

const [run = "", grace = "", file = "", ...args] = process.argv.slice(2);

const child = spawn(file, args, {
    detached: true,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, [runVariable]: run },
});

function tell(message: SupervisorMessage): void {
    if (process.connected) {
        process.send?.(message);
    }
}

let stopping: Promise<void> | undefined;

function stop(): Promise<void> {
    stopping ??= (async () => {
        if (child.pid !== undefined) {
            const root = (await processOf(child.pid)) ?? { pid: child.pid, started: "" };
            await terminate(root, run, Number(grace));
        }
    })();
    return stopping;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void stop());
}
process.on("message", (message) => message === "stop" && void stop());
// The channel closes when the provider ends, even by SIGKILL.
process.on("disconnect", () => void stop().then(() => process.exit()));

child.on("error", (error: NodeJS.ErrnoException) => {
    tell({ type: "failed", message: error.message, ...(error.code !== undefined && { code: error.code }) });
});
child.on("spawn", () => {
    const pid = child.pid ?? 0;
    void processOf(pid).then((found) => {
        tell({ type: "started", pid, started: found?.started ?? "" });
    });
});
child.on("exit", (code, signal) => {
    // What the task left running behind itself ends with it.
    void stop().then(() => {
        tell({ type: "exited", code, signal });
    });
});

// Child processes of the engine: in their own process group, so that a Ctrl-C on the terminal reaches only the engine,
// which then ends them in order; with the standard input as a lifeline (see parentWatch.ts).
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ChildOptions {
    readonly command: readonly string[];
    readonly directory: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly onOutput: (line: string) => void;
    readonly onErrorOutput: (line: string) => void;
}

export interface Exit {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
}

/** What children never see: how to open the stack's secrets. */
const withheld = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"];

const graceMilliseconds = 2000;

/**
 * Left to itself, V8 gives 64 MB and more to the young objects of a busy process. With a quarter of that, a plugin that
 * sends 5,000 small files needs no more CPU, and 150 MB in place of 240.
 */
export const smallYoungGeneration = "--max-semi-space-size=8";

/** `node` with the watch for the engine's end. */
export const nodeCommand = (...rest: readonly string[]): string[] => [
    process.execPath,
    smallYoungGeneration,
    "--import",
    new URL("./parentWatch.ts", import.meta.url).href,
    ...rest,
];

export class Child {
    /** Resolves when the process has ended and its output has been read. */
    readonly exited: Promise<Exit>;
    private readonly process: ChildProcess;

    constructor(options: ChildOptions) {
        const [program = "", ...args] = options.command;
        const environment: NodeJS.ProcessEnv = { ...process.env, ...options.environment };
        for (const name of withheld) {
            delete environment[name];
        }
        this.process = spawn(program, args, {
            cwd: options.directory,
            env: environment,
            detached: true,
            stdio: ["pipe", "pipe", "pipe"],
        });
        this.process.stdin?.on("error", () => undefined);
        const { stdout, stderr } = this.process;
        if (stdout && stderr) {
            createInterface({ input: stdout }).on("line", options.onOutput);
            createInterface({ input: stderr }).on("line", options.onErrorOutput);
        }
        this.exited = new Promise((resolve, reject) => {
            this.process.once("error", (error) => {
                reject(new Error(`cannot start ${program}: ${error.message}`));
            });
            this.process.once("close", (code, signal) => {
                resolve({ code, signal });
            });
        });
        // Whoever waits for the end hears of a failed start; that nobody waits is no crash.
        this.exited.catch(() => undefined);
    }

    /** Tells a Node process that the user wants to stop; see parentWatch.ts. */
    cancel(): void {
        this.process.stdin?.write("cancel\n");
    }

    /** Asks the process group to end, and ends it after a while. */
    async stop(): Promise<void> {
        this.signal("SIGTERM");
        const timer = setTimeout(() => {
            this.signal("SIGKILL");
        }, graceMilliseconds);
        await this.exited.catch(() => undefined);
        clearTimeout(timer);
    }

    private signal(signal: NodeJS.Signals): void {
        const { pid, exitCode, signalCode } = this.process;
        if (pid === undefined || exitCode !== null || signalCode !== null) {
            return;
        }
        try {
            process.kill(-pid, signal);
        } catch {
            // It has ended meanwhile.
        }
    }
}

// Looks at all processes of this machine again and again, those in pods too.
import { readdirSync, readFileSync } from "node:fs";
import { after } from "node:test";

export class ProcessWatch {
    /** Every command line that was seen. */
    readonly commands = new Set<string>();
    /** `/proc/<pid>/status` of a process whose command line was wanted. */
    status: string | undefined;
    readonly #wanted: (command: string) => boolean;
    readonly #timer: NodeJS.Timeout;

    constructor(wanted: (command: string) => boolean) {
        this.#wanted = wanted;
        this.#timer = setInterval(() => {
            this.#look();
        }, 100);
        after(() => {
            this.stop();
        });
    }

    stop(): void {
        clearInterval(this.#timer);
    }

    #look(): void {
        for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
            try {
                const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
                this.commands.add(command);
                if (this.#wanted(command)) this.status ??= readFileSync(`/proc/${pid}/status`, "utf8");
            } catch {
                // It has ended.
            }
        }
    }
}

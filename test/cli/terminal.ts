// A program on a real pseudo-terminal, driven by what it shows; the terminal is that of util-linux's `script`.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";

export class Terminal {
    readonly #child: ChildProcess;
    readonly ended: Promise<number | null>;
    shown = "";

    constructor(environment: Record<string, string>, command: string) {
        this.#child = spawn(
            "script",
            ["--quiet", "--return", "--command", `stty cols 90 rows 24; exec ${command}`, "/dev/null"],
            {
                env: { ...environment, TERM: "xterm" },
                stdio: ["pipe", "pipe", "inherit"],
            },
        );
        this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
            this.shown += stripVTControlCharacters(text);
        });
        this.ended = new Promise((resolve) => {
            this.#child.once("close", resolve);
        });
        after(() => this.#child.kill());
    }

    /** Waits for a text after what was waited for before; fails after two minutes. */
    async until(text: string): Promise<void> {
        const deadline = Date.now() + 120_000;
        while (!this.shown.includes(text)) {
            if (this.#child.exitCode !== null) assert.fail(`ended before it showed "${text}":\n${this.shown}`);
            if (Date.now() > deadline) assert.fail(`did not show "${text}" within two minutes:\n${this.shown}`);
            await sleep(20);
        }
        this.shown = this.shown.slice(this.shown.indexOf(text) + text.length);
    }

    type(text: string): void {
        this.#child.stdin?.write(text);
    }
}

// A checkout of its own for a test: the programs are copied, what they import is linked, the stacks are the test's.
import { type ChildProcess, execFile } from "node:child_process";
import {
    appendFileSync,
    copyFileSync,
    cpSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    rmSync,
    symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const source = path.join(import.meta.dirname, "../..");

export interface Finished {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

export class TestCheckout {
    readonly root: string;
    readonly checkout: string;
    readonly home: string;
    /** What Node compiled for a later command of this test, by paths that no other test has; not in the test's folder. */
    readonly #compiled = mkdtempSync(path.join(tmpdir(), "aframe-compiled-"));

    constructor() {
        // Below the system's own temporary folder, whose real path the programs will name.
        this.root = mkdtempSync(path.join(tmpdir(), "aframe-cli-"));
        this.checkout = path.join(this.root, "checkout");
        this.home = path.join(this.root, "home");
        mkdirSync(this.home);
        mkdirSync(path.join(this.checkout, "stacks"), { recursive: true });
        for (const copied of ["cli", "bin", "Pulumi.yaml", "package.json"]) {
            cpSync(path.join(source, copied), path.join(this.checkout, copied), { recursive: true });
        }
        for (const linked of [
            "config",
            "embedded",
            "files",
            "node_modules",
            "pipeline",
            "preview",
            "report",
            "setup",
        ]) {
            symlinkSync(path.join(source, linked), path.join(this.checkout, linked));
        }
    }

    /** A path in the test's own folder. */
    path(...parts: string[]): string {
        return path.join(this.root, ...parts);
    }

    stackFile(name: string): string {
        return path.join(this.checkout, "stacks", `Pulumi.${name}.yaml`);
    }

    get stacks(): string[] {
        return readdirSync(path.join(this.checkout, "stacks"));
    }

    /** Runs `bin/aframe` or `bin/aframe-init`; nothing of the caller's environment that they look at gets through. */
    run(
        program: "aframe" | "aframe-init",
        args: readonly string[],
        environment: Record<string, string> = {},
        onStart?: (child: ChildProcess) => void,
    ): Promise<Finished> {
        return new Promise((resolve) => {
            const child = execFile(
                path.join(this.checkout, "bin", program),
                args,
                { cwd: this.root, env: { ...this.environment, ...environment } },
                (_error, stdout, stderr) => {
                    resolve({ code: child.exitCode, stdout, stderr });
                },
            );
            onStart?.(child);
            child.stdin?.end();
        });
    }

    /** As `aframe-init` leaves it, but that nothing is asked of law and of the disk: it is never run. */
    async makeExperiment(name: string): Promise<void> {
        await this.run("aframe-init", ["offline", "-d", this.path(name)]);
        appendFileSync(this.stackFile(name), "  aframe:preflight: false\n");
    }

    /** An experiment whose program is the small one of the fixtures; `gate` is the file that it waits for. */
    async makeSmallExperiment(name: string): Promise<{ gate: string; pid: string }> {
        copyFileSync(path.join(import.meta.dirname, "fixtures/program.ts"), path.join(this.checkout, "index.ts"));
        await this.makeExperiment(name);
        const files = { gate: this.path("gate"), pid: this.path("pid") };
        const lines = [
            "# for the program of this test",
            "aframe:settings:",
            "  logging:",
            `    gate: ${files.gate}`,
            `    pid: ${files.pid}`,
        ];
        appendFileSync(this.stackFile(name), lines.map((line) => `  ${line}\n`).join(""));
        return files;
    }

    get environment(): Record<string, string> {
        return { PATH: process.env.PATH ?? "", HOME: this.home, NODE_COMPILE_CACHE: this.#compiled };
    }

    remove(): void {
        for (const folder of [this.root, this.#compiled]) rmSync(folder, { recursive: true, force: true });
    }
}

// The real law as a judge: one long-lived Python process that reads cfg files with law's own loader.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface CfgCase {
    /** Content by name; names may hold folders. */
    readonly files: Readonly<Record<string, string | Uint8Array>>;
    readonly main: string;
    readonly environment: Readonly<Record<string, string>>;
    /** Read law's own sections after its exchange of values with luigi. */
    readonly synced?: boolean;
}

export interface LawAnswer {
    readonly sections?: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
    readonly error?: string;
}

const checkout = join(import.meta.dirname, "../..");

export class RealLaw {
    private readonly child: ChildProcessWithoutNullStreams;
    private readonly answers: AsyncIterator<string, undefined>;
    private errors = "";

    constructor() {
        const python = join(checkout, ".venv/bin/python");
        this.child = spawn(python, [join(import.meta.dirname, "lawLoader.py")], { env: { PATH: process.env.PATH } });
        this.child.stderr.on("data", (chunk: Buffer) => {
            this.errors += chunk.toString();
        });
        this.child.on("error", (error) => {
            this.errors += error.message;
        });
        this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    }

    async load({ files, ...others }: CfgCase): Promise<LawAnswer> {
        const encoded: Record<string, string> = {};
        for (const [name, content] of Object.entries(files)) {
            encoded[name] = Buffer.from(content).toString("base64");
        }
        this.child.stdin.write(`${JSON.stringify({ files: encoded, ...others })}\n`);
        const answer = await this.answers.next();
        if (answer.done) {
            throw new Error(`law's loader stopped: ${this.errors}`);
        }
        return JSON.parse(answer.value) as LawAnswer;
    }

    /** Ends the process; it removes its files. */
    stop(): void {
        this.child.stdin.end();
    }
}

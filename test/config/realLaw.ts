// The real law as a judge: long-lived Python processes that read cfg files with law's own loader.
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

/** What a parameter of luigi makes of a text. */
export interface LuigiAnswer {
    readonly value?: unknown;
    readonly error?: string;
}

const checkout = join(import.meta.dirname, "../..");

/** One process; questions may be asked before earlier ones are answered. */
class Loader {
    private readonly child: ChildProcessWithoutNullStreams;
    private readonly waiting: PromiseWithResolvers<string>[] = [];
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
        createInterface({ input: this.child.stdout }).on("line", (line) => this.waiting.shift()?.resolve(line));
        this.child.on("close", () => {
            for (const { reject } of this.waiting) reject(new Error(`law's loader stopped: ${this.errors}`));
        });
    }

    get load(): number {
        return this.waiting.length;
    }

    ask(question: unknown): Promise<string> {
        const answer = Promise.withResolvers<string>();
        this.waiting.push(answer);
        this.child.stdin.write(`${JSON.stringify(question)}\n`);
        return answer.promise;
    }

    stop(): void {
        this.child.stdin.end();
    }
}

export class RealLaw {
    private readonly loaders: readonly Loader[];

    /** A single process answers in order; more of them share the work. */
    constructor(processes = 1) {
        this.loaders = Array.from({ length: processes }, () => new Loader());
    }

    async load({ files, ...others }: CfgCase): Promise<LawAnswer> {
        const encoded: Record<string, string> = {};
        for (const [name, content] of Object.entries(files)) {
            encoded[name] = Buffer.from(content).toString("base64");
        }
        return JSON.parse(await this.ask({ files: encoded, ...others })) as LawAnswer;
    }

    /** `parameter` is the name of its class, such as `IntParameter`. */
    async parse(parameter: string, texts: readonly string[]): Promise<readonly LuigiAnswer[]> {
        return (JSON.parse(await this.ask({ parameter, texts })) as { values: LuigiAnswer[] }).values;
    }

    /** Ends the processes; they remove their files. */
    stop(): void {
        for (const loader of this.loaders) loader.stop();
    }

    private ask(question: unknown): Promise<string> {
        const [first, ...others] = this.loaders;
        if (first === undefined) throw new Error("law's loader was not started");
        return others.reduce((least, other) => (other.load < least.load ? other : least), first).ask(question);
    }
}

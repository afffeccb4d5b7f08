// Questions on the terminal; Ctrl-C and Ctrl-D stop the command.
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Context } from "./commandLine.ts";

export function canAsk({ stdin, stdout }: Context): boolean {
    return stdin.isTTY && stdout.isTTY;
}

/** Anything but yes is no. */
export async function confirm(question: string, { stdin, stdout }: Context): Promise<boolean> {
    const answer = await ask(`${question} [y/N] `, stdin, stdout);
    return /^y(es)?$/i.test(answer.trim());
}

/** What is typed does not show. */
export async function askSecret(question: string, { stdin, stderr }: Context): Promise<string> {
    const nowhere = new Writable({
        write: (_chunk, _encoding, done) => {
            done();
        },
    });
    try {
        // Asked only once the terminal has stopped to show what is typed: a paste may come before we do.
        return await ask("", stdin, nowhere, () => stderr.write(question));
    } finally {
        stderr.write("\n");
    }
}

async function ask(
    question: string,
    input: NodeJS.ReadStream,
    output: NodeJS.WritableStream,
    ready?: () => void,
): Promise<string> {
    const prompt = createInterface({ input, output, terminal: true });
    ready?.();
    const closed = new AbortController();
    prompt.once("SIGINT", () => {
        closed.abort();
    });
    prompt.once("close", () => {
        closed.abort();
    });
    try {
        return await prompt.question(question, { signal: closed.signal });
    } finally {
        prompt.close();
    }
}

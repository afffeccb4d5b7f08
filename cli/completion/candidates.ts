// What may stand where the cursor is on a command line, by the commands' own declarations.
import type { Command, Completes, Option } from "../commandLine.ts";

export interface Candidate {
    readonly text: string;
    readonly description?: string;
}

/** Words to offer, or that names of files or folders are wanted, which shells know best. */
export type Candidates = readonly Candidate[] | "files" | "directories";

/** What a program's command line may begin with, and where dynamic names come from. */
export interface Vocabulary {
    /** Name, which may be of two words, → the command. */
    readonly commands: ReadonlyMap<string, Command>;
    /** For a program that is one command. */
    readonly only?: Command;
    stacks(): Promise<readonly string[]>;
    /** Of the experiment that the command line is about. */
    resources(): Promise<readonly string[]>;
}

/**
 * @param words - those before the one at the cursor, without the program
 * @param current - the one at the cursor, which may be empty
 */
export async function candidatesFor(
    words: readonly string[],
    current: string,
    vocabulary: Vocabulary,
): Promise<Candidates> {
    const { command, rest } = findCommand(words, vocabulary);
    if (command === undefined) return startingWith(current, nextWords(words, vocabulary));
    const [name, value] = splitOption(current);
    if (value !== undefined) {
        const found = await offer(findOption(command, name), vocabulary);
        if (typeof found === "string") return found;
        return startingWith(
            current,
            found.map(({ text }) => ({ text: `${name}=${text}` })),
        );
    }
    const pending = findOption(command, rest.at(-1) ?? "");
    if (pending && pending.type !== "boolean") return offerStarting(current, pending, vocabulary);
    if (current.startsWith("-")) return startingWith(current, optionsOf(command, rest));
    const given = positionalsIn(command, rest);
    const positional = command.positionals[given.length];
    return positional
        ? offerStarting(current, positional, vocabulary)
        : startingWith(current, optionsOf(command, rest));
}

interface Found {
    /** Undefined while its name is not whole. */
    readonly command?: Command;
    /** The words after the command's name. */
    readonly rest: readonly string[];
}

function findCommand(words: readonly string[], { commands, only }: Vocabulary): Found {
    if (only) return { command: only, rest: words };
    const [first = "", second = ""] = words;
    const name = [`${first} ${second}`, first].find((candidate) => commands.has(candidate));
    const command = name === undefined ? undefined : commands.get(name);
    return { ...(command && { command }), rest: words.slice(name?.split(" ").length ?? 0) };
}

/** The first words of commands, or the second ones of those of two words. */
function nextWords(words: readonly string[], { commands }: Vocabulary): Candidate[] {
    const names = [...commands].map(([name, { summary }]) => ({ parts: name.split(" "), summary }));
    const fitting = names.filter(({ parts }) => words.every((word, index) => parts[index] === word));
    const next = fitting.map(({ parts, summary }) => {
        const text = parts[words.length] ?? "";
        return parts.length === words.length + 1 ? { text, description: summary } : { text };
    });
    return [...new Map(next.map((candidate) => [candidate.text, candidate])).values()];
}

/** `--stack=x` → `--stack` and `x`; without a value when there is no `=`. */
function splitOption(word: string): [name: string, value?: string] {
    const at = word.startsWith("--") ? word.indexOf("=") : -1;
    return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function findOption({ options }: Command, word: string): Option | undefined {
    if (word.startsWith("--")) return Object.hasOwn(options, word.slice(2)) ? options[word.slice(2)] : undefined;
    return word.startsWith("-") ? Object.values(options).find(({ short }) => `-${short ?? ""}` === word) : undefined;
}

/** All but those that were given and may be given but once. */
function optionsOf({ options }: Command, given: readonly string[]): Candidate[] {
    const used = new Set(given.map((word) => splitOption(word)[0]));
    const offered = Object.entries(options).filter(
        ([name, { type, short }]) => type === "list" || !(used.has(`--${name}`) || used.has(`-${short ?? ""}`)),
    );
    return [...offered, ["help", { description: "show this text" }] as const].map(([name, { description }]) => ({
        text: `--${name}`,
        description,
    }));
}

function positionalsIn(command: Command, words: readonly string[]): string[] {
    return words.filter((word, index) => {
        const before = findOption(command, words[index - 1] ?? "");
        return !word.startsWith("-") && (before === undefined || before.type === "boolean");
    });
}

type Offering = { readonly choices?: readonly string[]; readonly completes?: Completes } | undefined;

async function offerStarting(current: string, offering: Offering, vocabulary: Vocabulary): Promise<Candidates> {
    const found = await offer(offering, vocabulary);
    return typeof found === "string" ? found : startingWith(current, found);
}

async function offer(offering: Offering, vocabulary: Vocabulary): Promise<Candidates> {
    const completes = offering?.completes ?? offering?.choices ?? [];
    if (completes === "files" || completes === "directories") return completes;
    const texts = completes === "stacks" || completes === "resources" ? await vocabulary[completes]() : completes;
    return texts.map((text) => ({ text }));
}

function startingWith(start: string, candidates: readonly Candidate[]): Candidate[] {
    return candidates.filter(({ text }) => text.startsWith(start));
}

// Answers a shell's question: a line for each candidate, its description behind a tab.
import path from "node:path";
import { type Command, type Context, defineCommand } from "../commandLine.ts";
import { exitCodes } from "../errors.ts";
import { findStack, listStacks, stacksDirectoryOf } from "../project.ts";
import { type Candidates, candidatesFor, type Vocabulary } from "./candidates.ts";

type Commands = Readonly<Record<string, () => Promise<{ readonly command: Command }>>>;

/** @param words - the whole command line up to the cursor, the program first and the word at the cursor last */
export function answerCommand(words: readonly string[], commands: Commands): Command {
    return defineCommand({
        name: "aframe __complete",
        summary: "answer a shell",
        positionals: [],
        options: {},
        run: async (_options, _positionals, context) => {
            const [program = "", ...others] = joinBroken(words);
            const vocabulary = await vocabularyOf(path.basename(program), others, commands, context);
            const current = others.at(-1) ?? "";
            const found = await candidatesFor(others.slice(0, -1), current, vocabulary);
            context.stdout.write(renderCandidates(found, words.at(-1) ?? "", current));
            return exitCodes.done;
        },
    });
}

async function vocabularyOf(
    program: string,
    words: readonly string[],
    commands: Commands,
    context: Context,
): Promise<Vocabulary> {
    const stacks = async () => (await listStacks(stacksDirectoryOf(context.checkout))).map(({ name }) => name);
    const resources = () => resourceNames(givenStack(words), context).catch(() => []);
    if (program === "aframe-init") {
        const { initCommand } = await import("../init/command.ts");
        return { commands: new Map(), only: initCommand, stacks, resources };
    }
    const loaded = wanted(words, commands).map(async ([name, load]) => [name, (await load()).command] as const);
    return { commands: new Map(await Promise.all(loaded)), stacks, resources };
}

function givenStack(words: readonly string[]): string | undefined {
    const at = words.findIndex((word) => /^--stack(=|$)/.test(word));
    return words[at]?.split("=")[1] ?? (at === -1 ? undefined : words[at + 1]);
}

/** By a state that is kept here: to ask Pulumi for its own would take seconds at each TAB. */
async function resourceNames(given: string | undefined, context: Context): Promise<string[]> {
    const { readDeployment } = await import("../engine/deployment.ts");
    const stack = await findStack(given, context);
    const state = await readDeployment(stack, { kind: "embedded", description: "" }, context);
    const names = (state?.resources ?? []).map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
    return [...new Set(names)].sort();
}

/** Nobody likes to wait for a TAB: once the command is named, no other one need be loaded. */
function wanted(words: readonly string[], commands: Commands) {
    const [first = "", second = ""] = words.slice(0, -1);
    const all = Object.entries(commands);
    const named = all.filter(([name]) => name === `${first} ${second}` || name === first);
    return named.length > 0 ? named : all;
}

/** bash makes `--stack`, `=` and `x` of `--stack=x`. */
function joinBroken(words: readonly string[]): string[] {
    const joined: string[] = [];
    for (const [index, word] of words.entries()) {
        const before = words[index - 1];
        const isPart = word === "=" ? before?.startsWith("--") : before === "=" && words[index - 2]?.startsWith("--");
        if (isPart === true) joined.push(`${joined.pop() ?? ""}${word}`);
        else joined.push(word);
    }
    return joined;
}

/** @param typed - the word as the shell has it, of which a candidate is put in the place */
function renderCandidates(found: Candidates, typed: string, current: string): string {
    if (typeof found === "string") return `:${found}\n`;
    const start = typed === "=" ? current.length : current.length - typed.length;
    return found.map(({ text, description = "" }) => `${text.slice(start)}\t${description}\n`).join("");
}

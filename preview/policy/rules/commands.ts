// The rule that a Job works and does not wait: what its containers run must not end in `sleep` or the like.
import { basename } from "node:path";
import { type ParseEntry, parse } from "shell-quote";
import * as v from "valibot";
import { containersOf } from "../pod.ts";
import { podRule, source, text } from "../rule.ts";

export const noIdling = podRule(
    v.strictObject({ ...source, commands: v.array(text, "a list of commands") }),
    (pod, { commands }) =>
        containersOf(pod).flatMap(({ name, command, args }) => {
            const last = lastCommand([...command, ...args]);
            const idle = commands.find((one) => isCommand(one, last)) ?? pythonSleep(last);
            return idle === undefined
                ? []
                : [{ message: `container ${name} ends in ${idle}, and a Job must not idle` }];
        }),
);

/** `tail -f` is any `tail` with that argument, wherever the program is. */
function isCommand(pattern: string, [program = "", ...words]: readonly string[]): boolean {
    const [name, ...needed] = pattern.split(" ");
    return basename(program) === name && needed.every((word) => words.includes(word));
}

/** Of an interpreter's `-c`, such as Python's. */
function pythonSleep([, flag, script = ""]: readonly string[]): string | undefined {
    const statements = script.trim().split(/[;\n]+/);
    return flag === "-c" && /\bsleep\s*\(/.test(statements.at(-1) ?? "") ? "sleep()" : undefined;
}

const shells = ["sh", "bash", "dash", "ash", "zsh", "ksh"];
const wrappers = ["exec", "nohup", "env", "command", "time", "tini", "dumb-init", "--"];
/** Says nothing about what came before it. */
const endings = ["wait", "true", ":", "exit"];

/** The words that run last: those of the command line, or of the script in it when a shell runs one. */
function lastCommand(line: readonly string[]): string[] {
    const words = withoutWrappers(line);
    const flag = words.findIndex((word) => /^-[a-z]*c[a-z]*$/.test(word));
    if (!shells.includes(basename(words[0] ?? "")) || flag < 0) {
        return words;
    }
    const commands = commandsOf(words[flag + 1] ?? "").filter(([name = ""]) => !endings.includes(name));
    return lastCommand(commands.at(-1) ?? []);
}

function withoutWrappers(words: readonly string[]): string[] {
    const start = words.findIndex((word) => !wrappers.includes(basename(word)) && !/^\w+=/.test(word));
    return start < 0 ? [] : words.slice(start);
}

const keywords = ["if", "then", "elif", "else", "fi", "while", "until", "do", "done", "esac", "{", "}", "!"];
const redirections = [">", ">>", "<", ">&", "<<<", "&>"];

/** The simple commands of a shell script, in order. */
function commandsOf(script: string): string[][] {
    const commands: string[][] = [[]];
    for (const token of parse(onOneLine(script))) {
        const word = wordOf(token);
        const command = commands.at(-1) ?? [];
        if (word === undefined) {
            commands.push([]);
        } else if (command.length > 0 || !keywords.includes(word)) {
            command.push(word);
        }
    }
    return commands.filter((command) => command.length > 0);
}

/** Undefined where a command ends. */
function wordOf(token: ParseEntry): string | undefined {
    if (typeof token === "string") {
        return token;
    }
    if ("pattern" in token) {
        return token.pattern;
    }
    return "op" in token && redirections.includes(token.op) ? token.op : undefined;
}

/**
 * To the parser a line break is a space; in a script it ends a command, unless it is quoted. What a variable holds is
 * of no interest, and the parser refuses half of the ways to say it.
 */
function onOneLine(script: string): string {
    const parts = /((?<!\S)#[^\n]*)|('[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S])|\n/g;
    const line = script.trim().replace(parts, (_, comment?: string, quoted?: string) => {
        return comment === undefined ? (quoted ?? ";") : "";
    });
    return line.replaceAll("$", "");
}

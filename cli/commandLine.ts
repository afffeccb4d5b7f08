// A command as data, the parsing of its arguments, and its help text.
//
// node:util's parseArgs does the splitting. citty would save the help text, but it takes unknown options and options
// without a value in silence, so `--yess` or `--gpu 0` would run with the wrong settings.
import { parseArgs } from "node:util";
import { didYouMean } from "../config/similar.ts";
import { UsageError } from "./errors.ts";

/** What the shell offers where a value is to be typed; else what is chosen from, and nothing where that is open. */
export type Completes = "stacks" | "resources" | "files" | "directories" | readonly string[];

export interface Option {
    /** A list is a string option that may be given several times. */
    readonly type: "string" | "boolean" | "list";
    readonly short?: string;
    /** What stands for the value in the help text. */
    readonly hint?: string;
    readonly description: string;
    readonly choices?: readonly string[];
    readonly completes?: Completes;
}

export interface Positional {
    readonly name: string;
    readonly description: string;
    readonly required: boolean;
    readonly choices?: readonly string[];
    readonly completes?: Completes;
}

interface ValueOf {
    readonly string: string | undefined;
    readonly boolean: boolean;
    readonly list: readonly string[];
}

export type OptionValues<O extends Readonly<Record<string, Option>>> = {
    readonly [K in keyof O]: ValueOf[O[K]["type"]];
};

/** Where a command runs: nothing below the entry file reads the process itself. */
export interface Context {
    /** Root of this checkout, where Pulumi.yaml is. */
    readonly checkout: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly currentDirectory: string;
    readonly home: string;
    readonly stdin: NodeJS.ReadStream;
    readonly stdout: NodeJS.WriteStream;
    readonly stderr: NodeJS.WriteStream;
}

export interface Command<O extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>> {
    readonly name: string;
    readonly summary: string;
    /** More about it, below the options. */
    readonly details?: string;
    readonly positionals: readonly Positional[];
    readonly options: O;
    /** A word too many may be a secret in the wrong place, so errors do not repeat it. */
    readonly takesSecret?: true;
    /** Resolves to the exit code. */
    run(values: OptionValues<O>, positionals: readonly string[], context: Context): Promise<number>;
}

/** Types a command by its own options, and forgets them again so that commands fit in one table. */
export function defineCommand<const O extends Readonly<Record<string, Option>>>(command: Command<O>): Command {
    return command;
}

const absent: ValueOf = { string: undefined, boolean: false, list: [] };

export function parseCommandLine(
    command: Command,
    args: readonly string[],
): { values: OptionValues<Readonly<Record<string, Option>>>; positionals: string[] } {
    const { tokens } = parseArgs({
        args: [...args],
        options: Object.fromEntries(
            Object.entries(command.options).map(([name, { type, short }]) => [
                name,
                { type: type === "boolean" ? type : "string", ...(short && { short }) },
            ]),
        ),
        strict: false,
        allowPositionals: true,
        tokens: true,
    });
    const values: Record<string, ValueOf[Option["type"]]> = {};
    for (const [name, { type }] of Object.entries(command.options)) values[name] = absent[type];
    const seen = new Set<string>();
    const positionals: string[] = [];
    for (const token of tokens) {
        if (token.kind === "positional") positionals.push(token.value);
        if (token.kind !== "option") continue;
        const value = checkOption(command, token);
        const before = values[token.name];
        if (typeof value === "string" && Array.isArray(before)) {
            values[token.name] = [...(before as readonly string[]), value];
            continue;
        }
        if (seen.has(token.name)) throw new UsageError(`--${token.name} is given twice`);
        seen.add(token.name);
        values[token.name] = value;
    }
    checkPositionals(command, positionals);
    return { values, positionals };
}

interface OptionToken {
    readonly name: string;
    readonly rawName: string;
    readonly value: string | undefined;
    readonly inlineValue: boolean | undefined;
}

function checkOption(command: Command, token: OptionToken): string | boolean {
    const option = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined;
    if (!option) {
        const names = Object.keys(command.options).map((name) => `--${name}`);
        const hint = didYouMean(token.rawName, names) ?? `see ${command.name} --help`;
        throw new UsageError(`unknown option ${token.rawName} (${hint})`);
    }
    if (option.type === "boolean") {
        if (token.value !== undefined) {
            const given = command.takesSecret ? "" : `, got "${token.value}"`;
            throw new UsageError(`--${token.name} takes no value${given}`);
        }
        return true;
    }
    if (token.value === undefined || (token.value.startsWith("-") && !token.inlineValue)) {
        throw new UsageError(`--${token.name} needs a value: --${token.name} ${option.hint ?? "VALUE"}`);
    }
    if (option.choices && !option.choices.includes(token.value)) {
        throw new UsageError(`--${token.name} is "${token.value}"; allowed: ${option.choices.join(", ")}`);
    }
    return token.value;
}

function checkPositionals(command: Command, given: readonly string[]): void {
    for (const [index, { name, required, choices }] of command.positionals.entries()) {
        const value = given[index];
        if (value === undefined) {
            if (required) throw new UsageError(`${name} is missing; see ${command.name} --help`);
        } else if (choices && !choices.includes(value)) {
            throw new UsageError(`${name} is "${value}"; allowed: ${choices.join(", ")}`);
        }
    }
    const extra = given[command.positionals.length];
    if (extra !== undefined) {
        const given = command.takesSecret ? "an argument too many" : `unexpected argument "${extra}"`;
        throw new UsageError(`${given}; see ${command.name} --help`);
    }
}

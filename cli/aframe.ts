// The program behind bin/aframe: finds the command that is asked for, and runs it.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { didYouMean } from "../config/similar.ts";
import { type Command, defineCommand } from "./commandLine.ts";
import { answerCommand } from "./completion/answer.ts";
import { completeWord } from "./completion/scripts.ts";
import { exitCodes, UsageError } from "./errors.ts";
import { renderHelp, renderOverview } from "./help.ts";
import { runProgram } from "./program.ts";

/** Loaded one by one, so that a command waits only for what it needs itself. */
const commands: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
    up: () => import("./commands/up.ts"),
    preview: () => import("./commands/preview.ts"),
    check: () => import("./commands/check.ts"),
    refresh: () => import("./commands/refresh.ts"),
    destroy: () => import("./commands/destroy.ts"),
    list: () => import("./commands/list.ts"),
    status: () => import("./commands/status.ts"),
    logs: () => import("./commands/logs.ts"),
    output: () => import("./commands/output.ts"),
    verify: () => import("./commands/verify.ts"),
    report: () => import("./commands/report.ts"),
    export: () => import("./commands/export.ts"),
    import: () => import("./commands/import.ts"),
    cancel: () => import("./commands/cancel.ts"),
    "config show": () => import("./commands/configShow.ts"),
    "config get": () => import("./commands/configGet.ts"),
    "config rm": () => import("./commands/configRm.ts"),
    "config set": () => import("./commands/configSet.ts"),
    "init-from": () => import("./commands/initFrom.ts"),
    completion: () => import("./commands/completion.ts"),
};

const helpCommand = defineCommand({
    name: "aframe help",
    summary: "tell about a command",
    positionals: [
        {
            name: "COMMAND",
            description: "the command to tell about",
            required: false,
            completes: [...new Set(Object.keys(commands).map((name) => name.replace(/ .*/, "")))],
        },
        { name: "SUBCOMMAND", description: "such as show, of config", required: false },
    ],
    options: {},
    run: async (_options, words, { stdout }) => {
        stdout.write(words.length === 0 ? await overview() : renderHelp((await find(words)).command));
        return exitCodes.done;
    },
});

async function find(words: readonly string[]): Promise<{ command: Command; args: readonly string[] }> {
    const [first = "", second = ""] = words;
    if (first === "help") return { command: helpCommand, args: words.slice(1) };
    // What a shell asks about is no argument of ours: it may hold a --help that is still being typed.
    if (first === completeWord) {
        const all = { ...commands, help: () => Promise.resolve({ command: helpCommand }) };
        return { command: answerCommand(words.slice(1), all), args: [] };
    }
    const name = [`${first} ${second}`, first].find((candidate) => Object.hasOwn(commands, candidate));
    const load = name === undefined ? undefined : commands[name];
    if (name === undefined || !load) {
        const given = Object.keys(commands).some((known) => known.startsWith(`${first} `))
            ? `${first} ${second}`.trim()
            : first;
        const hint = didYouMean(given, Object.keys(commands)) ?? `there are ${Object.keys(commands).join(", ")}`;
        throw new UsageError(`there is no command "${given}" (${hint})`);
    }
    return { command: (await load()).command, args: words.slice(name.split(" ").length) };
}

async function overview(): Promise<string> {
    const manifest = await readFile(path.join(import.meta.dirname, "..", "package.json"), "utf8");
    const { version } = JSON.parse(manifest) as { version: string };
    const loaded = await Promise.all(Object.values(commands).map((load) => load()));
    return renderOverview([...loaded.map(({ command }) => command), helpCommand], version);
}

await runProgram(async (args) => {
    const [first] = args;
    if (first === "--help" || first === "-h") return { command: helpCommand, args: [] };
    if (first === undefined) throw new UsageError("which command? See aframe help");
    return find(args);
});

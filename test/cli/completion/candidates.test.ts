// What is offered at each place of a command line.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Command, defineCommand } from "../../../cli/commandLine.ts";
import { type Candidates, candidatesFor } from "../../../cli/completion/candidates.ts";

const common = { summary: "does it", run: () => Promise.resolve(0) };
const work = defineCommand({
    ...common,
    name: "tool work",
    positionals: [{ name: "WHAT", description: "", required: false, choices: ["one", "other"] }],
    options: {
        stack: { type: "string", short: "s", description: "which", completes: "stacks" },
        folder: { type: "string", description: "where", completes: "directories" },
        yes: { type: "boolean", short: "y", description: "do not ask" },
        engine: { type: "string", choices: ["auto", "real"], description: "by what" },
        note: { type: "string", description: "any text" },
        target: { type: "list", description: "which ones", completes: ["a", "b"] },
        replace: { type: "list", description: "which anew", completes: "resources" },
    },
});
const show = defineCommand({ ...common, name: "tool config show", positionals: [], options: {} });
const set = defineCommand({ ...common, name: "tool config set", positionals: [], options: {} });
const commands = new Map<string, Command>([
    ["work", work],
    ["config show", show],
    ["config set", set],
]);
const vocabulary = {
    commands,
    stacks: () => Promise.resolve(["exp", "other"]),
    resources: () => Promise.resolve(["exp-FetchTrain"]),
};

async function offered(...words: string[]): Promise<string[] | Candidates> {
    const found = await candidatesFor(words.slice(0, -1), words.at(-1) ?? "", vocabulary);
    return typeof found === "string" ? found : found.map(({ text }) => text);
}

describe("completing", () => {
    const cases: readonly (readonly [string, readonly string[], readonly string[] | Candidates])[] = [
        ["the first word of each command, once", [""], ["work", "config"]],
        ["what is begun", ["co"], ["config"]],
        ["the second words", ["config", ""], ["show", "set"]],
        ["nothing after a word that no command begins with", ["wrok", ""], []],
        ["the words that may stand there", ["work", "o"], ["one", "other"]],
        [
            "options where no more words may stand",
            ["work", "one", ""],
            [...["--stack", "--folder", "--yes", "--engine", "--note", "--target", "--replace", "--help"]],
        ],
        ["options by their beginning", ["work", "--e"], ["--engine"]],
        ["no option that was given", ["work", "-y", "--engine=real", "--y"], []],
        ["an option again that may be given again", ["work", "--target", "a", "--t"], ["--target"]],
        ["the choices of an option", ["work", "--engine", ""], ["auto", "real"]],
        ["them behind an equals sign", ["work", "--engine=r"], ["--engine=real"]],
        ["names of experiments", ["work", "--stack", "e"], ["exp"]],
        ["them for the short name of an option", ["work", "-s", ""], ["exp", "other"]],
        ["names of resources", ["work", "--replace", ""], ["exp-FetchTrain"]],
        ["folders where a folder is wanted", ["work", "--folder", "x"], "directories"],
        ["folders behind an equals sign", ["work", "--folder=x"], "directories"],
        ["nothing where any text may stand", ["work", "--note", ""], []],
        ["words after an option with its value", ["work", "--note", "one", "--yes", "o"], ["one", "other"]],
        ["nothing but help where there are no options", ["config", "show", ""], ["--help"]],
        ["nothing for an option that there is not", ["work", "--constructor="], []],
    ];
    for (const [what, words, expected] of cases) {
        it(`offers ${what}`, async () => {
            assert.deepEqual(await offered(...words), expected);
        });
    }

    it("offers commands with what they do", async () => {
        assert.deepEqual(await candidatesFor([], "w", vocabulary), [{ text: "work", description: "does it" }]);
    });

    it("completes a program that is one command", async () => {
        const only = { ...vocabulary, commands: new Map(), only: work };
        assert.deepEqual(await candidatesFor([], "oth", only), [{ text: "other" }]);
    });
});

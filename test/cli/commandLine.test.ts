import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defineCommand, parseCommandLine } from "../../cli/commandLine.ts";
import { renderHelp } from "../../cli/help.ts";

const command = defineCommand({
    name: "tool work",
    summary: "does work",
    details: "\nMore about it.",
    positionals: [{ name: "NAME", description: "a name", required: false, choices: ["one", "two"] }],
    options: {
        stack: { type: "string", hint: "S", description: "which" },
        yes: { type: "boolean", short: "y", description: "do not ask" },
        engine: { type: "string", choices: ["a", "b"], description: "by what" },
        target: { type: "list", short: "t", hint: "T", description: "which of it" },
    },
    run: () => Promise.resolve(0),
});

const parse = (...args: string[]): Record<string, unknown> => {
    const { values, positionals } = parseCommandLine(command, args);
    return { ...values, positionals };
};

describe("parsing a command line", () => {
    it("takes options in every form, and positionals between them", () => {
        const expected = { stack: "s", yes: true, engine: undefined, target: [], positionals: ["one"] };
        assert.deepEqual(parse("--stack", "s", "one", "-y"), expected);
        assert.deepEqual(parse("-y", "--stack=s", "one"), expected);
    });

    it("collects an option that may be given several times", () => {
        assert.deepEqual(parse("-t", "one", "--target=two").target, ["one", "two"]);
        assert.deepEqual(parse().target, []);
    });

    it("takes an empty value, and one that begins with a dash when it is joined", () => {
        assert.equal(parse("--stack", "").stack, "");
        assert.equal(parse("--stack=-x").stack, "-x");
    });

    const wrong: [string[], string][] = [
        [["--yess"], "unknown option --yess (did you mean --yes?)"],
        [["-x"], "unknown option -x (see tool work --help)"],
        [["--toString"], "unknown option --toString (see tool work --help)"],
        [["--stack"], "--stack needs a value: --stack S"],
        [["--stack", "-y"], "--stack needs a value: --stack S"],
        [["--yes=no"], '--yes takes no value, got "no"'],
        [["--engine", "c"], '--engine is "c"; allowed: a, b'],
        [["--yes", "-y"], "--yes is given twice"],
        [["three"], 'NAME is "three"; allowed: one, two'],
        [["one", "two"], 'unexpected argument "two"; see tool work --help'],
    ];
    for (const [args, message] of wrong) {
        it(`refuses ${args.join(" ")}`, () => {
            assert.throws(() => parse(...args), { name: "UsageError", message });
        });
    }
});

describe("the help of a command", () => {
    it("tells usage, positionals, options with their values, and details", () => {
        assert.equal(
            renderHelp(command),
            `tool work: does work

Usage: tool work [NAME] [options]

  NAME            a name
  --stack S       which
  -y, --yes       do not ask
  --engine a|b    by what
  -t, --target T  which of it
  -h, --help      show this text

More about it.
`,
        );
    });
});

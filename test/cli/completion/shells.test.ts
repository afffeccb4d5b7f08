// The scripts of `aframe completion` in the shells that they are for.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { promisify } from "node:util";
import { TestCheckout } from "../checkout.ts";
import { Terminal } from "../terminal.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
await checkout.run("aframe-init", ["offline", "-d", checkout.path("first")]);
await checkout.run("aframe-init", ["offline", "-d", checkout.path("second")]);
mkdirSync(checkout.path("folder"));
writeFileSync(checkout.path("file.json"), "{}");

const script = async (shell: string) => {
    const { code, stdout } = await checkout.run("aframe", ["completion", shell]);
    assert.equal(code, 0);
    const file = checkout.path(`completion.${shell}`);
    writeFileSync(file, stdout);
    return file;
};

async function run(shell: string, args: readonly string[]): Promise<string[]> {
    const { stdout } = await promisify(execFile)(shell, args, { cwd: checkout.root, env: checkout.environment });
    return stdout.split("\n").filter((line) => line !== "");
}

const isInstalled = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

describe("completion in bash", () => {
    /** As readline calls it; bash itself has cut the words. */
    const complete = async (...words: string[]) => {
        const call = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _aframe; printf '%s\\n' "\${COMPREPLY[@]}"`;
        const body = `source "$1"; shift; ${call}`;
        return run("bash", ["-c", body, "bash", await script("bash"), ...words]);
    };

    it("offers commands, options, their choices and experiments", async () => {
        assert.deepEqual(await complete("bin/aframe", "st"), ["status"]);
        assert.deepEqual(await complete("aframe", "status", "--engine", ""), ["auto", "pulumi", "embedded"]);
        assert.deepEqual(await complete("aframe", "status", "--stack", ""), ["first", "second"]);
        assert.deepEqual(await complete("aframe-init", "off"), ["offline"]);
    });

    it("completes behind an equals sign, where bash begins a new word", async () => {
        assert.deepEqual(await complete("aframe", "status", "--stack", "="), ["first", "second"]);
        assert.deepEqual(await complete("aframe", "status", "--stack", "=", "se"), ["second"]);
    });

    it("never runs what is being typed", async () => {
        const made = checkout.path("made");
        await complete("aframe", "status", "--stack", `$(touch ${made})`, "--eng");
        await complete("aframe", "status", "--stack", "`touch made`");
        assert.ok(!existsSync(made));
    });

    it("works on a terminal, and leaves files to bash", async () => {
        const terminal = new Terminal(checkout.environment, "bash --norc -i");
        terminal.type(`PS1='> '; source ${await script("bash")}; cd ${checkout.root}; echo rea''dy\n`);
        await terminal.until("ready\r\n");
        terminal.type("aframe init-from fil\t");
        await terminal.until("aframe init-from file.json ");
        // Ctrl-U: the line is taken back.
        terminal.type("\u0015exit\n");
        await terminal.ended;
    });
});

describe("completion in fish", { skip: !isInstalled("fish") && "fish is not installed" }, () => {
    const complete = async (line: string) => {
        const file = await script("fish");
        return run("fish", ["--no-config", "-c", `source ${file}; complete -C ${JSON.stringify(line)}`]);
    };

    it("offers commands with what they do, options, choices, experiments and folders", async () => {
        assert.deepEqual(await complete("aframe lis"), ["list\tlist all experiments, and tell what each has come to"]);
        assert.deepEqual(await complete("aframe status --engine=p"), ["--engine=pulumi"]);
        assert.deepEqual(await complete("aframe status --stack "), ["first", "second"]);
        assert.deepEqual(await complete("aframe-init offline -d fol"), ["folder/\tDirectory"]);
    });
});

describe("completion in zsh", { skip: !isInstalled("zsh") && "zsh is not installed" }, () => {
    it("completes on a terminal", async () => {
        const terminal = new Terminal(checkout.environment, "zsh -f -i");
        const setUp = `PS1='> '; autoload -U compinit; compinit -u -D; source ${await script("zsh")}`;
        terminal.type(`${setUp}; echo rea''dy\n`);
        await terminal.until("ready\r\n");
        terminal.type("aframe status --stack=se\t");
        await terminal.until("--stack=second ");
        // Ctrl-U: the line is taken back.
        terminal.type("\u0015exit\n");
        await terminal.ended;
    });
});

it("knows the shells that there are", async () => {
    const { code, stderr } = await checkout.run("aframe", ["completion", "tcsh"]);
    assert.deepEqual([code, stderr], [2, 'error: SHELL is "tcsh"; allowed: bash, zsh, fish\n']);
});

// `aframe config set --secret`: from standard input and from a terminal, and what can go wrong.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { openCrypter } from "../../embedded/state/secrets.ts";
import { readStackFile } from "../../embedded/state/stackFile.ts";
import { TestCheckout } from "./checkout.ts";
import { Terminal } from "./terminal.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
await checkout.makeSmallExperiment("exp");
const file = checkout.stackFile("exp");
const passphrase = { PULUMI_CONFIG_PASSPHRASE: "a passphrase" };
const value = "AKIA0123456789abcdef/+==";

function set(args: readonly string[], input: string, environment: Record<string, string> = passphrase) {
    return checkout.run("aframe", ["config", "set", ...args], environment, (child) => child.stdin?.end(input));
}

async function secrets(): Promise<Readonly<Record<string, string>>> {
    const stack = await readStackFile(file);
    return stack.config(await openCrypter(passphrase.PULUMI_CONFIG_PASSPHRASE, stack.salt ?? "")).values;
}

describe("aframe config set --secret", () => {
    it("encrypts what standard input holds, and leaves all else in the file as it was", async () => {
        const before = readFileSync(file, "utf8");
        const { code, stdout, stderr } = await set(["--secret", "s3SecretAccessKey"], `${value}\n`);
        assert.deepEqual([code, stderr], [0, ""]);
        assert.match(stdout, /^aframe:s3SecretAccessKey is in stacks\/Pulumi\.exp\.yaml now, encrypted$/m);
        const text = readFileSync(file, "utf8");
        assert.ok(!text.includes(value) && !stdout.includes(value));
        const lines = new Set(text.split("\n"));
        assert.deepEqual(
            before.split("\n").filter((line) => !lines.has(line)),
            [],
        );
        assert.equal((await secrets())["aframe:s3SecretAccessKey"], value);
    });

    it("seals further secrets with the same salt, and replaces an old value", async () => {
        const { salt } = await readStackFile(file);
        assert.equal((await set(["--secret", "aframe:wandbApiKey"], "first")).code, 0);
        assert.equal((await set(["--secret", "wandbApiKey"], "second\r\n")).code, 0);
        assert.equal((await readStackFile(file)).salt, salt);
        const { "aframe:wandbApiKey": key, "aframe:s3SecretAccessKey": other } = await secrets();
        assert.deepEqual([key, other], ["second", value]);
    });

    it("asks on a terminal, and shows nothing of what is typed", async () => {
        const program = path.join(checkout.checkout, "bin/aframe");
        const terminal = new Terminal(
            { ...checkout.environment, ...passphrase },
            `${program} config set --secret s3AccessKeyId`,
        );
        await terminal.until("s3AccessKeyId: ");
        terminal.type("typedByHand\r");
        assert.equal(await terminal.ended, 0, terminal.shown);
        assert.ok(!terminal.shown.includes("typed"), terminal.shown);
        assert.equal((await secrets())["aframe:s3AccessKeyId"], "typedByHand");
    });

    it("writes nothing when it is stopped while it asks", async () => {
        const before = readFileSync(file, "utf8");
        const program = path.join(checkout.checkout, "bin/aframe");
        const terminal = new Terminal(
            { ...checkout.environment, ...passphrase },
            `${program} config set --secret s3AccessKeyId`,
        );
        await terminal.until("s3AccessKeyId: ");
        terminal.type("half\u0003");
        assert.equal(await terminal.ended, 130, terminal.shown);
        assert.equal(readFileSync(file, "utf8"), before);
    });

    it("says in one line what is wrong, writes nothing, and never repeats what may be a secret", async () => {
        const before = readFileSync(file, "utf8");
        const cases: [string[], string, string][] = [
            [["wandbApiKey"], value, "wandbApiKey is a secret; give --secret"],
            [["--secret", "wandbApiKey"], "\n", "the value of wandbApiKey is empty; nothing was written"],
            [
                ["--secret", "wandbApiKey"],
                `${value}\n${value}`,
                "the value of wandbApiKey holds a blank or a line break; nothing was written",
            ],
            [
                ["--secret", "wandbApiKy"],
                value,
                "KEY is no secret that an experiment knows (did you mean wandbApiKey?)",
            ],
            [["--secret", "workers"], "5", "aframe:workers is no secret; set it in the stack file with an editor"],
            [["--secret", "wandbApiKey", value], "", "an argument too many; see aframe config set --help"],
            [[`--secret=${value}`, "wandbApiKey"], "", "--secret takes no value"],
            [
                ["--secret", value],
                "",
                "KEY is no secret that an experiment knows (allowed: wandbApiKey, s3AccessKeyId, s3SecretAccessKey)",
            ],
        ];
        for (const [args, input, message] of cases) {
            const { code, stdout, stderr } = await set(args, input);
            assert.deepEqual([code, stderr], [2, `error: ${message}\n`], args.join(" "));
            assert.ok(!stdout.includes(value));
        }
        assert.equal(readFileSync(file, "utf8"), before);
    });

    it("refuses a passphrase that does not open the secrets that are there", async () => {
        const before = readFileSync(file, "utf8");
        const { code, stderr } = await set(["--secret", "wandbApiKey"], value, { PULUMI_CONFIG_PASSPHRASE: "other" });
        assert.deepEqual([code, stderr], [1, "error: the passphrase does not open the secrets of this stack\n"]);
        assert.equal(readFileSync(file, "utf8"), before);
    });

    it("refuses a stack whose secrets are not protected by a passphrase", async () => {
        const before = readFileSync(file, "utf8");
        writeFileSync(file, `secretsprovider: awskms://alias/x\n${before}`);
        const { code, stderr } = await set(["--secret", "wandbApiKey"], value);
        writeFileSync(file, before);
        assert.equal(code, 1);
        assert.match(stderr, /^error: .*secretsprovider .* is not supported, only "passphrase"\n$/);
    });
});

describe("aframe config get and rm", () => {
    it("print a value alone, a secret too, and take it out of the file", async () => {
        assert.equal((await set(["--secret", "wandbApiKey"], "key-of-wandb")).code, 0);
        const run = (...args: string[]) => checkout.run("aframe", ["config", ...args], passphrase);
        assert.equal((await run("get", "wandbApiKey")).stdout, "key-of-wandb\n");
        assert.match((await run("get", "aframe:settings.logging.gate")).stdout, /^\/.*\/gate\n$/);
        const removed = await run("rm", "aframe:wandbApiKey");
        assert.equal(removed.stdout, "aframe:wandbApiKey is no longer in stacks/Pulumi.exp.yaml\n");
        const gone = await run("get", "wandbApiKey");
        assert.deepEqual([gone.code, gone.stdout], [2, ""]);
        assert.match(gone.stderr, /has no aframe:wandbApiKey/);
        assert.equal((await run("rm", "wandbApiKey")).code, 2);
        assert.equal((await run("rm", "directory")).code, 2);
        assert.match(
            (await run("get", "settings..gate")).stderr,
            /KEY is "settings\.\.gate"; allowed: names joined by dots/,
        );
    });
});

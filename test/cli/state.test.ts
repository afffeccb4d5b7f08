// `aframe export` and `aframe import`: the state leaves as Pulumi's own JSON, and comes back checked and sealed.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { TestCheckout } from "./checkout.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
const { gate } = await checkout.makeSmallExperiment("exp");
writeFileSync(gate, "");
const own = { PULUMI_CONFIG_PASSPHRASE: "ours" };
const backend = path.join(checkout.checkout, ".pulumi");
const stateFile = path.join(backend, "stacks/aframe/exp.json");

interface Deployment {
    readonly version: number;
    readonly deployment: {
        readonly resources: readonly { readonly urn: string; readonly outputs?: Readonly<Record<string, unknown>> }[];
        readonly pending_operations?: readonly object[];
    };
}

const run = (args: readonly string[], input = "", environment: Record<string, string> = own) =>
    checkout.run("aframe", args, environment, (child) => child.stdin?.end(input));
const changed = (text: string, change: (deployment: Deployment["deployment"]) => object): string => {
    const { version, deployment } = JSON.parse(text) as Deployment;
    return JSON.stringify({ version, deployment: { ...deployment, ...change(deployment) } });
};
const state = () => readFileSync(stateFile, "utf8");

const none = await run(["export"]);
const made = await run(["up"]);
const sealed = (await run(["export"])).stdout;

describe("aframe export", () => {
    it("has nothing to print before the first up", () => {
        assert.deepEqual([none.code, none.stdout], [1, ""]);
        assert.match(none.stderr, /error: stack exp has no state yet: run up first\n$/);
        assert.equal(made.code, 0, made.stderr);
    });

    it("prints the state alone, in Pulumi's form, with secrets sealed", () => {
        const { version, deployment } = JSON.parse(sealed) as Deployment;
        assert.equal(version, 3);
        assert.equal(deployment.resources.length, 5);
        assert.ok(sealed.includes('"ciphertext"') && !sealed.includes("canary"));
    });

    it("opens secrets only when asked to, and writes a file for the user alone", async () => {
        const { code, stdout } = await run(["export", "--show-secrets", "--file", "state.json"]);
        assert.deepEqual([code, stdout], [0, ""]);
        const file = checkout.path("state.json");
        const { deployment } = JSON.parse(readFileSync(file, "utf8")) as Deployment;
        const stack = deployment.resources.find(({ urn }) => urn.includes("pulumi:pulumi:Stack"));
        assert.deepEqual(stack?.outputs?.key, {
            "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
            plaintext: '"canary"',
        });
        assert.equal(statSync(file).mode & 0o777, 0o600);
    });

    it("works without the passphrase unless secrets are to be shown", async () => {
        const other = { PULUMI_CONFIG_PASSPHRASE: "theirs" };
        assert.equal((await run(["export"], "", other)).stdout, sealed);
        const refused = await run(["export", "--show-secrets"], "", other);
        assert.deepEqual([refused.code, refused.stdout], [1, ""]);
        assert.match(refused.stderr, /the passphrase does not open the secrets of this stack/);
    });
});

describe("aframe import", () => {
    it("puts an export back, sealed anew, after which there is nothing to do", async () => {
        const clear = readFileSync(checkout.path("state.json"), "utf8");
        writeFileSync(stateFile, "{ cut off");
        const { code, stdout, stderr } = await run(["import", "--file", "state.json"]);
        assert.deepEqual([code, stderr], [0, ""]);
        assert.match(stdout, /^the state of exp is that of .*\/state\.json now$/m);
        assert.ok(!state().includes("canary"));
        const backups = readdirSync(path.join(backend, "backups/aframe/exp"));
        assert.ok(
            backups.some(
                (name) => readFileSync(path.join(backend, "backups/aframe/exp", name), "utf8") === "{ cut off",
            ),
        );
        assert.match((await run(["preview"])).stdout, /Resources:\n\s+4 unchanged\n/);
        assert.equal((await run(["export", "--show-secrets"])).stdout.includes("canary"), true);
        assert.equal((await run(["import"], clear)).code, 0);
    });

    const refused: readonly (readonly [string, () => string, RegExp])[] = [
        ["what is no JSON", () => "{ cut", /error: standard input is not the export of a stack: it is no JSON/],
        ["a state file", () => state(), /standard input is not the export of a stack: it has no "deployment"/],
        [
            "a state that does not hold together",
            () => changed(sealed, ({ resources }) => ({ resources: resources.toReversed() })),
            /is not the export of a stack: urn:.* names .*, which does not stand before it/,
        ],
        [
            "one of another stack",
            () => sealed.replaceAll("urn:pulumi:exp::", "urn:pulumi:other::"),
            /holds resources of another stack than exp; to take them all the same, use --force:\n {2}urn:pulumi:other::/,
        ],
        [
            "what the engine cannot go on with",
            () =>
                changed(sealed, ({ resources: [first, ...rest] }) => ({
                    resources: [{ ...first, taint: true }, ...rest],
                })),
            /uses "taint", which the embedded engine does not support/,
        ],
    ];
    for (const [what, text, message] of refused) {
        it(`refuses ${what}, and leaves the state as it is`, async () => {
            const before = state();
            const { code, stderr } = await run(["import"], text());
            assert.equal(code, 1);
            assert.match(stderr, message);
            assert.equal(state(), before);
        });
    }

    it("refuses secrets that it cannot open", async () => {
        const { code, stderr } = await run(["import"], sealed, { PULUMI_CONFIG_PASSPHRASE: "theirs" });
        assert.equal(code, 1);
        assert.match(stderr, /the passphrase does not open the secrets of this stack/);
    });

    it("refuses to work beside another operation", async () => {
        const locks = path.join(backend, "locks/organization/aframe/exp");
        mkdirSync(locks, { recursive: true });
        writeFileSync(path.join(locks, "held.json"), "{}");
        const { code, stderr } = await run(["import"], sealed);
        assert.equal(code, 1);
        assert.match(stderr, /stack exp is locked/);
        assert.match((await run(["cancel", "--yes"])).stdout, /exp is unlocked/);
    });

    it("takes another stack's state by force, and drops what was pending, telling both", async () => {
        const foreign = changed(sealed.replaceAll("urn:pulumi:exp::", "urn:pulumi:other::"), ({ resources }) => ({
            pending_operations: [{ type: "updating", resource: resources.at(-1) }],
        }));
        const { code, stderr } = await run(["import", "--force"], foreign);
        assert.equal(code, 0);
        assert.match(stderr, /^warning: urn:pulumi:other::.* is of another stack$/m);
        assert.match(stderr, /^warning: no longer pending: updating urn:pulumi:other::.*::TrainLocal$/m);
        assert.ok(!state().includes("pending_operations"));
    });
});

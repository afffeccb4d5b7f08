// run.sh, run by the real bash with a stand-in for aframe that tells what it was given.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { directoriesOf, renderRunScript } from "../../../cli/init/runScript.ts";

const root = mkdtempSync(path.join(tmpdir(), "aframe-run-script-"));
after(() => {
    rmSync(root, { recursive: true, force: true });
});

/** What bash hands to aframe: the exported variables, LAW_CONFIG_FILE and the arguments. */
function runByBash(script: string): { variables: Record<string, string>; args: string[] } {
    const file = path.join(root, "run.sh");
    writeFileSync(file, script);
    const output = execFileSync("bash", [file], { encoding: "utf8", env: { PATH: process.env.PATH } });
    const [variables = "", args = ""] = output.split("\0\0\0");
    const entries = variables
        .split("\0")
        .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]);
    return {
        variables: Object.fromEntries(entries.filter(([name]) => /^(AFRAME_|LAW_CONFIG)/.test(name ?? ""))) as Record<
            string,
            string
        >,
        args: args.split("\0").slice(0, -1),
    };
}

function makeCheckout(name: string): string {
    const checkout = path.join(root, name);
    mkdirSync(path.join(checkout, "bin"), { recursive: true });
    const standIn = '#!/bin/bash\nenv -0\nprintf "\\0\\0"\nprintf "%s\\0" "$@"\n';
    writeFileSync(path.join(checkout, "bin", "aframe"), standIn, { mode: 0o755 });
    return checkout;
}

const awkward = fc.string({
    unit: fc.oneof(
        fc.constantFrom(
            " ",
            "'",
            '"',
            "$",
            "`",
            "\\",
            "!",
            "*",
            "?",
            "[",
            "]",
            "{",
            "}",
            "(",
            ")",
            "<",
            ">",
            "|",
            "&",
            ";",
        ),
        fc.constantFrom("#", "~", "%", "=", ":", ",", "@", "^", "-", "\n", "\t"),
        fc.constantFrom("é", "日", "🌊", "$HOME", "$(touch x)", "`id`", "\\n"),
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }).filter((text) => !/[\0/\ud800-\udfff]/.test(text)),
    ),
    minLength: 1,
    maxLength: 20,
});

describe("run.sh", () => {
    it("hands every directory name over unchanged", () => {
        const checkout = makeCheckout("plain");
        fc.assert(
            fc.property(awkward, (name) => {
                const directory = `/${name}`;
                const variables = directoriesOf(directory, undefined);
                const ran = runByBash(renderRunScript({ directory, variables, checkout, stack: "my-run" }));
                assert.deepEqual(ran.variables, { ...variables, LAW_CONFIG_FILE: `${directory}/sandbox.cfg` });
                assert.deepEqual(ran.args, ["up", "--stack", "my-run", "--workers", "5", "--gpus", "0"]);
            }),
            { numRuns: 150 },
        );
    });

    it("starts the aframe of a checkout whatever its path", () => {
        const checkout = makeCheckout('it\'s a $HOME "checkout"');
        const variables = directoriesOf("/d", "s3://b/p");
        const ran = runByBash(renderRunScript({ directory: "/d", variables, checkout, stack: "s" }));
        assert.equal(ran.args[0], "up");
        assert.equal(ran.variables.AFRAME_TRAIN_RUN_DIR, "s3://b/p/training");
    });

    it("stops with the exit code of aframe", () => {
        const checkout = makeCheckout("failing");
        writeFileSync(path.join(checkout, "bin", "aframe"), "#!/bin/bash\nexit 7\n", { mode: 0o755 });
        const script = renderRunScript({ directory: "/d", variables: {}, checkout, stack: "s" });
        assert.throws(() => runByBash(script), { status: 7 });
    });
});

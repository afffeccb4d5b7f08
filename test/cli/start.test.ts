// The launchers in bin/, from a fresh clone and through links.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { TestCheckout } from "./checkout.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
const installed = path.join(import.meta.dirname, "../../node_modules");

describe("bin/aframe and bin/aframe-init", () => {
    it("can be started through a link from anywhere", () => {
        mkdirSync(checkout.path("my bin"));
        for (const program of ["aframe", "aframe-init"]) {
            const link = checkout.path("my bin", program);
            symlinkSync(path.join(checkout.checkout, "bin", program), link);
            const output = execFileSync(link, ["--help"], { encoding: "utf8", cwd: "/", env: checkout.environment });
            assert.match(output, new RegExp(`Usage: ${program} `));
        }
    });

    it("do the set-up of a fresh clone first, on stderr, and then what they were asked for", () => {
        const fresh = new TestCheckout();
        rmSync(path.join(fresh.checkout, "node_modules"));
        rmSync(path.join(fresh.checkout, "setup"));
        mkdirSync(path.join(fresh.checkout, "setup"));
        writeFileSync(
            path.join(fresh.checkout, "setup/prepare.mjs"),
            `import { symlinkSync } from "node:fs";
console.error("setup: installing");
symlinkSync(${JSON.stringify(installed)}, new URL("../node_modules", import.meta.url));
`,
        );
        const start = () =>
            spawnSync(path.join(fresh.checkout, "bin/aframe"), ["help"], { encoding: "utf8", env: fresh.environment });
        const first = start();
        assert.match(first.stdout, /^aframe \d/);
        assert.equal(first.stderr, "setup: installing\n");
        assert.equal(start().stderr, "");
        fresh.remove();
    });

    it("stop when the set-up fails", () => {
        const broken = new TestCheckout();
        rmSync(path.join(broken.checkout, "node_modules"));
        rmSync(path.join(broken.checkout, "setup"));
        mkdirSync(path.join(broken.checkout, "setup"));
        writeFileSync(path.join(broken.checkout, "setup/prepare.mjs"), "process.exit(1);\n");
        const { status, stdout } = spawnSync(path.join(broken.checkout, "bin/aframe"), ["help"], {
            env: broken.environment,
        });
        assert.deepEqual({ status, stdout: String(stdout) }, { status: 1, stdout: "" });
        broken.remove();
    });
});

// bin/aframe on a real pseudo-terminal: the live table, questions and Ctrl-C.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { TestCheckout } from "./checkout.ts";
import { Terminal } from "./terminal.ts";

const checkout = new TestCheckout();
after(() => {
    checkout.remove();
});
const { gate, pid } = await checkout.makeSmallExperiment("exp");
const hasScript = String(spawnSync("script", ["--version"]).stdout).includes("util-linux");

describe("aframe on a terminal", { skip: hasScript ? false : "needs script of util-linux" }, () => {
    const aframe = path.join(checkout.checkout, "bin/aframe");

    it("shows the plan and asks, does nothing without a yes, and all with one", async () => {
        await checkout.run("aframe", ["destroy", "--yes"]);
        writeFileSync(gate, "");
        const refused = new Terminal(checkout.environment, `${aframe} up`);
        await refused.until("+ aframe:Gate TrainLocal");
        await refused.until("+ 4 to create");
        await refused.until("Do this to exp? [y/N]");
        refused.type("\r");
        await refused.until("nothing was done");
        assert.equal(await refused.ended, 1);

        const agreed = new Terminal(checkout.environment, `${aframe} up`);
        await agreed.until("[y/N]");
        agreed.type("yes\r");
        await agreed.until("+ 4 created");
        assert.equal(await agreed.ended, 0);
    });

    it("stops by Ctrl-C after the running step, and goes on the next time", async () => {
        await checkout.run("aframe", ["destroy", "--yes"]);
        rmSync(gate, { force: true });
        const stopped = new Terminal(checkout.environment, `${aframe} up --yes`);
        await stopped.until("TrainLocal");
        await stopped.until("creating");
        while (!existsSync(pid)) await sleep(20);
        stopped.type("\u0003");
        await stopped.until("stopping: waiting for running steps; press again to stop now");
        writeFileSync(gate, "");
        await stopped.until("Stopped before the end.");
        assert.equal(await stopped.ended, 130);
        const { code, stdout } = await checkout.run("aframe", ["up"]);
        assert.equal(code, 0);
        assert.ok(!stdout.includes("creating"), stdout);
    });

    it("ends at once by a second Ctrl-C, and leaves no process behind", async () => {
        await checkout.run("aframe", ["destroy", "--yes"]);
        rmSync(gate, { force: true });
        rmSync(pid, { force: true });
        const stopped = new Terminal(checkout.environment, `${aframe} up --yes`);
        while (!existsSync(pid) || readFileSync(pid, "utf8") === "") await sleep(20);
        const provider = Number(readFileSync(pid, "utf8"));
        stopped.type("\u0003");
        await stopped.until("press again to stop now");
        stopped.type("\u0003");
        assert.equal(await stopped.ended, 130);
        while (isRunning(provider)) await sleep(20);
        await checkout.run("aframe", ["cancel", "--yes"]);
        writeFileSync(gate, "");
        assert.equal((await checkout.run("aframe", ["up"])).code, 0);
    });

    it("tells what would go and asks before it destroys", async () => {
        const terminal = new Terminal(checkout.environment, `${aframe} destroy`);
        await terminal.until("- aframe:Echo FetchTrain");
        await terminal.until("- aframe:Gate TrainLocal");
        await terminal.until("Data and models stay (aframe:artifacts is retain).");
        await terminal.until("Destroy all of this? [y/N]");
        terminal.type("\u0003");
        assert.equal(await terminal.ended, 130);
        const agreed = new Terminal(checkout.environment, `${aframe} destroy`);
        await agreed.until("[y/N]");
        agreed.type("y\r");
        await agreed.until("- 4 deleted");
        assert.equal(await agreed.ended, 0);
    });

    it("uses no colour where NO_COLOR is set", () => {
        const raw = spawnSync(
            "script",
            ["--quiet", "--return", "--command", `NO_COLOR=1 ${aframe} preview`, "/dev/null"],
            {
                encoding: "utf8",
                env: { ...checkout.environment, TERM: "xterm" },
                input: "",
            },
        );
        assert.equal(raw.status, 0);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequence that sets a colour
        assert.doesNotMatch(raw.stdout, /\u001b\[\d+m/);
    });
});

function isRunning(id: number): boolean {
    try {
        process.kill(id, 0);
        return true;
    } catch {
        return false;
    }
}

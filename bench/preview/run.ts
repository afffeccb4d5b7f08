// `npm run bench:preview`: what a preview of an unchanged experiment costs beside one of an empty stack.
//
// Medians of rounds in which both are run in turn by the same engine; nothing is asked of cluster, S3 or git server.
// The empty stack is previewed by the engine alone, without the command line that reads the experiment beforehand.
// Needs GNU time and a quiet machine.
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Laboratory } from "../../test/acceptance/laboratory.ts";
import { type Measured, measure, median } from "../measure.ts";

const rounds = 9;
const checkout = path.join(import.meta.dirname, "../..");

/** As `pulumi new` leaves it: the SDK, which no program does without, is loaded, and nothing is declared. */
const emptyProgram = `import * as pulumi from "@pulumi/pulumi";\nexport const stack = pulumi.getStack();\n`;

/** A project with the packages of this one and a program that declares nothing. */
async function makeEmptyProject(): Promise<string> {
    const directory = await mkdtemp(path.join(tmpdir(), "aframe-empty-"));
    await cp(path.join(checkout, "Pulumi.yaml"), path.join(directory, "Pulumi.yaml"));
    await writeFile(path.join(directory, "package.json"), JSON.stringify({ type: "module", main: "index.ts" }));
    await writeFile(path.join(directory, "index.ts"), emptyProgram);
    await symlink(path.join(checkout, "node_modules"), path.join(directory, "node_modules"));
    return directory;
}

/** An experiment that has run, and is not asked about the world. */
async function makeExperiment(laboratory: Laboratory): Promise<void> {
    laboratory.trainHere();
    laboratory.setStackConfig("aframe:preflight", false);
    const { code, stdout, stderr } = await laboratory.run("up");
    if (code !== 0) throw new Error(stdout + stderr);
}

function row(what: string, unit: string, ours: readonly number[], theirs: readonly number[]): void {
    const [us, them] = [median(ours), median(theirs)];
    const figures = [`experiment ${us.toFixed(2)} ${unit}`, `empty stack ${them.toFixed(2)} ${unit}`];
    console.log(`${what.padEnd(12)} ${figures.join("   ")}   ratio ${(us / them).toFixed(2)}`);
}

const empty = await makeEmptyProject();
const laboratory = await Laboratory.open();
try {
    console.error("running the experiment once");
    await makeExperiment(laboratory);
    const aframe = path.join(laboratory.checkout.checkout, "bin/aframe");
    const args = ["preview", "--stack", laboratory.stack, "--engine", "embedded"];
    const ours: Measured[] = [];
    const theirs: Measured[] = [];
    // The first of each fills the caches of the file system.
    for (let round = 0; round <= rounds; round++) {
        const us = await measure(aframe, args, laboratory.environment);
        if (!us.output.includes("19 unchanged")) throw new Error(us.output);
        const emptyStack = path.join(import.meta.dirname, "emptyStack.ts");
        const them = await measure(process.execPath, [emptyStack, empty], laboratory.checkout.environment);
        if (round > 0) {
            ours.push(us);
            theirs.push(them);
        }
    }
    for (const [what, unit, key] of [
        ["time", "s", "seconds"],
        ["CPU", "s", "cpuSeconds"],
        ["memory", "MB", "megabytes"],
    ] as const) {
        row(
            what,
            unit,
            ours.map((one) => one[key]),
            theirs.map((one) => one[key]),
        );
    }
} finally {
    await laboratory.close();
    await rm(empty, { recursive: true });
}

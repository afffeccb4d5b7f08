// `npm run bench:engine`: what the embedded engine itself takes for stacks of many resources.
//
// Program, SDK and provider plugin are the real ones, each in its own process; processor time and memory are those of the
// engine's process alone. Medians of rounds for updates that change nothing, single runs for creations and deletions.
// The time per resource tells whether the cost grows faster than the stack. Needs a quiet machine.
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { smallYoungGeneration } from "../../embedded/engine/processes.ts";
import { compileCache, median } from "../measure.ts";

const rounds = 5;
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [50, 200, 500, 1000, 2000];

const program = `import * as pulumi from "@pulumi/pulumi";
class Note extends pulumi.CustomResource {
    constructor(name) {
        super("notes:index:Note", name, { text: name.repeat(20), password: undefined }, { version: "1.2.3" });
    }
}
for (let index = 0; index < Number(process.env.NOTES); index++) new Note(\`note-\${index}\`);
`;

interface Measured {
    readonly outcome: string;
    readonly changes: Readonly<Record<string, number>>;
    readonly seconds: number;
    readonly cpuSeconds: number;
    readonly megabytes: number;
}

async function makeProject(): Promise<string> {
    const directory = await mkdtemp(path.join(tmpdir(), "aframe-engine-"));
    const modules = path.join(import.meta.dirname, "../../node_modules");
    await writeFile(
        path.join(directory, "Pulumi.yaml"),
        "name: notes\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    await writeFile(path.join(directory, "package.json"), JSON.stringify({ type: "module", main: "index.js" }));
    await writeFile(path.join(directory, "index.js"), program);
    await symlink(modules, path.join(directory, "node_modules"));
    return directory;
}

async function measure(directory: string, verb: string, notes: number, op: string): Promise<Measured> {
    const script = path.join(import.meta.dirname, "operation.ts");
    const env = { ...compileCache, NOTES: String(notes) };
    const { stdout } = await execa(process.execPath, [smallYoungGeneration, script, directory, verb], { env });
    const measured = JSON.parse(stdout) as Measured;
    if (measured.outcome !== "succeeded" || (measured.changes[op] ?? 0) < notes) throw new Error(stdout);
    return measured;
}

function row(what: string, notes: number, runs: readonly Measured[]): void {
    const [seconds, cpu, memory] = (["seconds", "cpuSeconds", "megabytes"] as const).map((key) =>
        median(runs.map((run) => run[key])),
    ) as [number, number, number];
    const perResource = `${((seconds / notes) * 1000).toFixed(1)} ms each`;
    const figures = [`${seconds.toFixed(2)} s`, `CPU ${cpu.toFixed(2)} s`, `${memory.toFixed(0)} MB`, perResource];
    console.log(
        `${what.padEnd(8)} ${String(notes).padStart(5)}   ${figures.map((one) => one.padStart(12)).join("  ")}`,
    );
}

const directory = await makeProject();
try {
    for (const notes of sizes) {
        row("create", notes, [await measure(directory, "up", notes, "create")]);
        const again: Measured[] = [];
        for (let round = 0; round < rounds; round++) again.push(await measure(directory, "up", notes, "same"));
        row("same", notes, again);
        row("destroy", notes, [await measure(directory, "destroy", notes, "delete")]);
    }
} finally {
    await rm(directory, { recursive: true });
}

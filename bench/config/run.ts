// `npm run bench:config`: reading the files of aframe-init beside law's own loader, on the same files.
//
// Each figure is the median of rounds in which all are run in turn, each in a process of its own. Needs GNU time and a
// quiet machine.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import CliTable3 from "cli-table3";
import { renderConfigFiles } from "../../cli/init/templates.ts";
import { type Measured, measure, median } from "../measure.ts";

const rounds = 15;
/** Readings after the first, in a process that goes on. */
const repeats = 100;

/** In milliseconds. */
interface Loads {
    readonly import: number;
    readonly first: number;
    readonly warm: number;
}

const checkout = path.join(import.meta.dirname, "../..");
const node = path.join(checkout, "node_modules/.bin/node");
const python = path.join(checkout, ".venv/bin/python");

/** Ours with what law does, values alone, and with all, types, checks and the yaml too. */
const readers = ["values", "experiment", "law"] as const;
type Reader = (typeof readers)[number];

function commandOf(reader: Reader, directory: string, count: number): [command: string, ...args: string[]] {
    const file = (name: string) => path.join(import.meta.dirname, name);
    return reader === "law"
        ? [python, file("law_loads.py"), path.join(directory, "sandbox.cfg"), String(count)]
        : [node, file("ourLoads.ts"), reader, directory, String(count)];
}

interface Run extends Measured {
    readonly loads: Loads;
}

async function run(reader: Reader, directory: string, count: number): Promise<Run> {
    const [command, ...args] = commandOf(reader, directory, count);
    const measured = await measure(command, args, { PATH: process.env.PATH ?? "", HOME: directory });
    return { ...measured, loads: JSON.parse(measured.output) as Loads };
}

/** Two processes of one round: one that reads once, and one that goes on. */
interface Round {
    readonly once: Run;
    readonly often: Run;
}

const figures: readonly (readonly [name: string, unit: string, of: (round: Round) => number])[] = [
    ["reading, the first time", "ms", ({ once }) => once.loads.first],
    ["reading, from then on", "ms", ({ often }) => often.loads.warm],
    ["importing, and reading once", "ms", ({ once }) => once.loads.import + once.loads.first],
    ["a process that reads once", "s", ({ once }) => once.seconds],
    ["  CPU", "s", ({ once }) => once.cpuSeconds],
    ["  peak memory", "MB", ({ once }) => once.megabytes],
];

async function compare(directory: string): Promise<void> {
    const all = new Map<Reader, Round[]>(readers.map((reader) => [reader, []]));
    for (let round = 0; round < rounds; round++) {
        for (const reader of readers) {
            const once = await run(reader, directory, 0);
            all.get(reader)?.push({ once, often: await run(reader, directory, repeats) });
        }
    }
    const ratios = readers.filter((reader) => reader !== "law").map((reader) => `law / ${reader}`);
    const table = new CliTable3({ head: ["", ...readers, ...ratios], style: { head: [], border: [] } });
    for (const [name, unit, of] of figures) {
        const medians = readers.map((reader) => median((all.get(reader) ?? []).map(of)));
        const law = medians.at(-1) ?? 0;
        const shown = medians.map((value) => `${value.toPrecision(3)} ${unit}`);
        table.push([name, ...shown, ...medians.slice(0, -1).map((value) => (law / value).toPrecision(3))]);
    }
    console.log(table.toString());
}

const directory = await mkdtemp(path.join(tmpdir(), "aframe-bench-"));
try {
    for (const [name, text] of Object.entries(await renderConfigFiles(directory))) {
        await writeFile(path.join(directory, name), text);
    }
    await compare(directory);
} finally {
    await rm(directory, { recursive: true });
}

// `npm run bench:cluster`: what the tool costs beside kubectl, side by side on the tests' cluster.
//
// Each figure is the median of rounds in which both are run in turn. Needs root on Debian, GNU time and a quiet machine.
import { createInterface } from "node:readline";
import { execa } from "execa";
import { startCluster } from "../../test/cluster/machine/cluster.ts";
import { collectEnds } from "../../test/cluster/suite/atEnd.ts";
import type { Experiment } from "../../test/cluster/suite/experiment.ts";
import { Trainings } from "../../test/cluster/suite/trainings.ts";
import { measure, median } from "../measure.ts";
import { KubectlObjects } from "./kubectlObjects.ts";
import { playNodes, playTrainings } from "./kwok.ts";

const rounds = 5;
const others = 200;

interface Line {
    readonly text: string;
    /** Since the process was started. */
    readonly seconds: number;
}

/** Runs `aframe` and notes when each line came. */
async function timedLines(
    experiment: Experiment,
    args: readonly string[],
): Promise<{ lines: Line[]; seconds: number }> {
    const start = performance.now();
    const since = () => (performance.now() - start) / 1000;
    const child = execa(experiment.program, [...args, "--stack", experiment.stack], {
        env: experiment.environment,
        extendEnv: false,
        reject: false,
        stdin: "ignore",
        all: true,
    });
    const lines: Line[] = [];
    for await (const text of createInterface({ input: child.all })) {
        lines.push({ text, seconds: since() });
    }
    await child;
    return { lines, seconds: since() };
}

function at(lines: readonly Line[], pattern: RegExp): number {
    const line = lines.find(({ text }) => pattern.test(text));
    if (line === undefined)
        throw new Error(`no line is like ${pattern.source}:\n${lines.map((l) => l.text).join("\n")}`);
    return line.seconds;
}

function row(what: string, ...figures: readonly (readonly [string, number, string])[]): void {
    const shown = figures.map(([name, value, unit]) => `${name} ${value.toFixed(2)}${unit}`);
    console.log(`${what.padEnd(44)} ${shown.join("   ")}`);
}

/** From nothing on the cluster to a Job that it has accepted; data are there from before. */
async function compareSubmission(trainings: Trainings): Promise<void> {
    const experiment = await trainings.make("submit", ["time.sleep(600)"], { config: { "aframe:wait": false } });
    await experiment.mustRun("up");
    const objects = await KubectlObjects.of(trainings.namespace);
    await experiment.mustRun("destroy", ["--yes"]);
    const ours: number[] = [];
    const start: number[] = [];
    const theirs: number[] = [];
    const destroyed: number[] = [];
    const deleted: number[] = [];
    for (let round = 0; round < rounds; round++) {
        const { lines } = await timedLines(experiment, ["up"]);
        ours.push(at(lines, /kubernetes:batch:Job submit created/));
        start.push(at(lines, /kubernetes:\S+ submit\S* creating/));
        destroyed.push((await timedLines(experiment, ["destroy", "--yes"])).seconds);
        theirs.push(await objects.create());
        deleted.push(await objects.delete());
    }
    const [us, engine, them] = [median(ours), median(start), median(theirs)];
    row("up: start to Job accepted", ["ours", us, " s"], ["kubectl", them, " s"], ["ratio", us / them, ""]);
    row("  of it until the first cluster object", ["ours", engine, " s"]);
    row("  of it from there to Job accepted", ["ours", us - engine, " s"], ["ratio", (us - engine) / them, ""]);
    row("destroy while training runs", ["ours", median(destroyed), " s"], ["kubectl", median(deleted), " s"]);
}

/** From the moment that the cluster says a pod has failed to our saying so. */
async function measureReport(trainings: Trainings): Promise<void> {
    const latencies: number[] = [];
    for (let round = 0; round < rounds; round++) {
        // The exit code is one that no retry can heal, so that the Job ends with its first pod.
        const experiment = await trainings.make(`fails${round}`, ["time.sleep(2)", "sys.exit(83)"]);
        const failed = untilPodFails(trainings, experiment.stack);
        const start = performance.now();
        const { lines } = await timedLines(experiment, ["up"]);
        latencies.push(start / 1000 + at(lines, /\[Train\] training failed/) - (await failed));
        await experiment.mustRun("destroy", ["--yes"]);
    }
    row(
        "a pod's failure to our report",
        ["median", median(latencies), " s"],
        ["longest", Math.max(...latencies), " s"],
    );
}

/** In seconds of `performance.now`. */
async function untilPodFails(trainings: Trainings, stack: string): Promise<number> {
    const names = new Set<string>();
    for await (const name of trainings.namespace.watch(["pods", "--field-selector=status.phase=Failed"])) {
        names.add(name);
        if (name.startsWith(`pod/aframe-${stack}-`)) break;
    }
    return performance.now() / 1000;
}

/** Alone in the namespace, and beside the trainings of many others. */
async function measureScale(trainings: Trainings): Promise<void> {
    const experiment = await trainings.make("one", []);
    await experiment.mustRun("up");
    const status = () => measure(experiment.program, ["status", "--stack", "one"], experiment.environment);
    const alone = [];
    for (let round = 0; round < rounds; round++) alone.push(await status());
    const nodes = await playNodes(25);
    try {
        await playTrainings(trainings.namespace.name, others);
        await trainings.namespace.kubectl(["wait", "--for=create", "pod", "-l", `job-name=aframe-other-${others - 1}`]);
        const crowded = [];
        for (let round = 0; round < rounds; round++) crowded.push(await status());
        const [before, after] = [alone, crowded].map((all) => median(all.map(({ seconds }) => seconds)));
        const ratio = (after ?? 0) / (before ?? 1);
        row(
            "status alone, and beside 200",
            ["alone", before ?? 0, " s"],
            ["beside", after ?? 0, " s"],
            ["ratio", ratio, ""],
        );
        row("  memory", ["beside", median(crowded.map(({ megabytes }) => megabytes)), " MB"]);
        const destroyed = await timedLines(experiment, ["destroy", "--yes"]);
        row("destroy of a finished experiment, beside 200", ["ours", destroyed.seconds, " s"]);
    } finally {
        await trainings.namespace.kubectl(["delete", "jobs", "-l", "app.kubernetes.io/name=aframe", "--wait=false"]);
        await nodes.stop();
    }
}

const end = collectEnds();
try {
    await startCluster(console.error);
    const trainings = await Trainings.prepare("bench");
    await compareSubmission(trainings);
    await measureReport(trainings);
    await measureScale(trainings);
} finally {
    await end();
}

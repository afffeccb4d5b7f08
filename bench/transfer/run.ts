// `npm run bench:transfer`: how quick transfers are beside s5cmd, rclone, and boto3/s3fs as Aframe uses them.
//
//   npm run bench:transfer -- [--server rclone|ceph|moto] [--tls] [--rounds N] [--shapes data,small] [--tools ours,s5cmd]
//                               [--round-trip MS]
//
// In each round every tool uploads the same files to a prefix of its own, finds nothing to do there, downloads them and
// deletes them. Needs GNU time, room for three copies of the files in the temporary folder, and a quiet machine.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { type RunningServer, serverKinds, startServer } from "../../test/s3/server.ts";
import { type Measured, measure } from "../measure.ts";
import { fromAfar } from "./distance.ts";
import type { Taken } from "./ours.ts";
import { printTable } from "./print.ts";
import { type Shape, shapes } from "./shapes.ts";
import { type Operation, operations, owner, provideTools, type Tool } from "./tools.ts";

/** Of one operation by one tool; ours without the start of its process, which in the product runs already. */
export type Run = Pick<Measured, "seconds" | "cpuSeconds" | "megabytes"> & { readonly whole: Measured };
export type Runs = Map<Operation, Map<string, Run[]>>;

const { values: given } = parseArgs({
    options: {
        server: { type: "string", default: "rclone" },
        tls: { type: "boolean", default: false },
        "round-trip": { type: "string", default: "0" },
        rounds: { type: "string", default: "7" },
        shapes: { type: "string", default: "data,small" },
        tools: { type: "string", default: "ours,s5cmd,rclone,upstream" },
    },
});

async function runOnce(tool: Tool, operation: Operation, folder: string, prefix: string): Promise<Run> {
    const [command = "", ...args] = tool.command({ operation, folder, prefix });
    const whole = await measure(command, args, tool.environment);
    const own = tool.name === "ours" ? (JSON.parse(whole.output) as Taken) : whole;
    return { ...own, whole };
}

/** Without the marker, ours deletes nothing. */
async function claim(server: RunningServer, prefix: string): Promise<void> {
    const Body = JSON.stringify({ project: "aframe", ...owner });
    await server.client.send(new PutObjectCommand({ Bucket: "data", Key: `${prefix}/.aframe-owner.json`, Body }));
}

async function runRounds(server: RunningServer, tools: readonly Tool[], shape: Shape, scratch: string): Promise<Runs> {
    const source = path.join(scratch, "source");
    const target = path.join(scratch, "target");
    await mkdir(source);
    await shape.make(source);
    const runs: Runs = new Map(
        operations.map((operation) => [operation, new Map(tools.map(({ name }) => [name, []]))]),
    );
    // The first round fills the caches of the file system and is not counted.
    for (let round = 0; round <= Number(given.rounds); round++) {
        const turns = tools.map((_, index) => tools[(index + round) % tools.length] as Tool);
        for (const tool of turns) {
            const prefix = `${tool.name}-${round}`;
            for (const operation of operations) {
                await rm(target, { recursive: true, force: true });
                await mkdir(target);
                if (operation === "purge" && tool.name === "ours") await claim(server, prefix);
                const run = await runOnce(tool, operation, operation === "download" ? target : source, prefix);
                if (round > 0) runs.get(operation)?.get(tool.name)?.push(run);
            }
        }
        console.error(`round ${round} of ${given.rounds} is done`);
    }
    await rm(source, { recursive: true });
    return runs;
}

const kind = serverKinds.find((one) => one === given.server);
if (!kind) throw new Error(`--server is "${given.server}"; allowed: ${serverKinds.join(", ")}`);
const scratch = await mkdtemp(path.join(tmpdir(), "aframe-bench-"));
const server = await startServer(kind, { tls: given.tls });
const roundTripMs = Number(given["round-trip"]);
try {
    const endpoint = roundTripMs > 0 ? await fromAfar(server.endpoint, roundTripMs) : server.endpoint;
    const wanted = given.tools.split(",");
    const tools = (await provideTools(server, endpoint)).filter(({ name }) => wanted.includes(name));
    for (const name of given.shapes.split(",")) {
        const shape = (shapes as Readonly<Record<string, Shape>>)[name];
        if (!shape) throw new Error(`--shapes has "${name}"; allowed: ${Object.keys(shapes).join(", ")}`);
        const runs = await runRounds(server, tools, shape, scratch);
        const where = `${kind} over ${given.tls ? "https" : "http"}, ${roundTripMs} ms away`;
        console.log(`\n${shape.title}, ${where}, medians of ${given.rounds}`);
        printTable(runs);
    }
} finally {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
}

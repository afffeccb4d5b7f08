// Prints how long this program takes to import its reader and to read a cfg, the first time and then: one JSON object,
// milliseconds. Arguments: `values` for what law does when it starts, or `experiment` for all, types, checks and the yaml
// too; the directory; how often to read it again.
import assert from "node:assert/strict";
import { median } from "../measure.ts";

const [what = "", directory = "", repeats = ""] = process.argv.slice(2);
const environment = { HOME: directory, USER: "somebody" };

async function reader(): Promise<() => readonly { readonly key: string; readonly value: string }[]> {
    if (what === "values") {
        const { loadCfg } = await import("../../config/cfg.ts");
        const { fillDefaults } = await import("../../config/layers.ts");
        const { ResolvedValues } = await import("../../config/resolvedValues.ts");
        return () => {
            const { sections } = loadCfg(`${directory}/sandbox.cfg`, environment);
            fillDefaults(sections, environment);
            return new ResolvedValues(sections, environment).all;
        };
    }
    const { loadExperiment } = await import("../../config/experiment.ts");
    const { parseStackSettings } = await import("../../config/stack.ts");
    const names = ["TRAIN_DATA_DIR", "TEST_DATA_DIR", "TRAIN_RUN_DIR", "CONDOR_DIR", "RESULTS_DIR", "TMPDIR"];
    const variables = Object.fromEntries(names.map((name) => [`AFRAME_${name}`, `${directory}/${name}`]));
    const stack = parseStackSettings("bench", { directory, environment: variables }, "stack");
    return () => loadExperiment(stack).values;
}

function time(read: Awaited<ReturnType<typeof reader>>): number {
    const start = performance.now();
    const values = read();
    const milliseconds = performance.now() - start;
    assert.equal(values.find(({ key }) => key === "train_stop")?.value, "1241443783");
    return milliseconds;
}

const start = performance.now();
const read = await reader();
const imported = performance.now() - start;
const first = time(read);
const again = Array.from({ length: Number(repeats) }, () => time(read));
const warm = median(again.length > 0 ? again : [first]);
console.log(JSON.stringify({ import: imported, first, warm }));

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Experiment } from "../../components/experiment.ts";
import { only, record } from "../helpers/mocks.ts";
import { experimentSettings, remoteRecipe } from "./fixture.ts";

const folder = new URL("../../components/pod/", import.meta.url);
const scripts = readdirSync(folder).filter((name) => name.endsWith(".py"));

test("the pod gets every script, and none that is not there", async () => {
    const args = { settings: experimentSettings(remoteRecipe), lawConfig: "", secrets: {}, knownHostsFiles: [] };
    const { declared } = await record(() => new Experiment("test", args));
    const data = only(declared, ":ConfigMap").inputs.data as Record<string, string>;
    assert.deepEqual(
        Object.keys(data)
            .filter((name) => name.endsWith(".py"))
            .sort(),
        [...scripts].sort(),
    );
});

test("scripts and the largest yaml that is allowed are less than the MiB that a cluster takes", () => {
    const bytes = scripts.map((name) => readFileSync(new URL(name, folder)).length).reduce((sum, size) => sum + size);
    const plan = readFileSync(new URL("../../components/trainingPlan.ts", import.meta.url), "utf8");
    const largest = Number(/maxTrainConfigBytes = ([\d_]+);/.exec(plan)?.[1]?.replaceAll("_", ""));
    assert.ok(bytes + largest < 2 ** 20, `${bytes} + ${largest}`);
});

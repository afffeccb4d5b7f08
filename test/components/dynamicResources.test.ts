// The text of each dynamic provider, which is kept in the state and evaluated from there.
import assert from "node:assert/strict";
import { it } from "node:test";
import { Experiment } from "../../components/experiment.ts";
import { record, reveal } from "../helpers/mocks.ts";
import { canaries, experimentSettings, remoteRecipe } from "./fixture.ts";

it("holds a small provider that captures nothing and loads the code at hand", async () => {
    const git = "\nuse_init_containers = True\ngit_url = https://github.com/ML4GW/aframe.git\ngit_ref = main\n";
    const settings = experimentSettings({ ...remoteRecipe, cfg: `${git}${remoteRecipe.cfg}` });
    const { declared } = await record(() => new Experiment("test", { settings, lawConfig: "", secrets: {} }));
    const dynamic = declared.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"));
    const types = new Set(dynamic.map(({ type }) => type.split(":").at(-1)));
    assert.deepEqual([...types].sort(), [
        "GitRevision",
        "PrefixClaim",
        "PrefixContents",
        "ResolvedConfig",
        "RunFile",
        "Stage",
        "TrainingRun",
    ]);
    for (const { type, inputs } of dynamic) {
        const text = String(reveal(inputs.__provider));
        assert.ok(text.length > 500 && text.length < 10_000, `${type}: ${text.length} characters`);
        assert.match(text, /path\.resolve\("pipeline\/[a-zA-Z/]+\.ts"\)/, type);
        assert.doesNotMatch(text, /\brequire\(/, type);
        for (const canary of Object.values(canaries)) {
            assert.ok(!text.includes(canary), type);
        }
    }
});

// An experiment in a directory of its own, whose stages are run by the real runner; law is played.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { sourceOf, stageInputs } from "../../../components/stageInputs.ts";
import { loadExperiment } from "../../../config/experiment.ts";
import type { ExperimentSettings } from "../../../config/settings.ts";
import { parseStackSettings } from "../../../config/stack.ts";
import { stagesOf } from "../../../pipeline/catalog.ts";
import { manifestDigest } from "../../../pipeline/stage/manifest.ts";
import { runStage } from "../../../pipeline/stage/runner.ts";
import { trainStage } from "../../../pipeline/training/state.ts";
import { describeForecast, type Forecast, forecastExperiment } from "../../../preview/forecast/forecast.ts";

const law = [process.execPath, fileURLToPath(import.meta.resolve("./law.ts"))];

type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>;

const cfg = `
[luigi_Train]
kernel_length = 1.5
use_wandb = False
request_gpus = 4
cpus_per_gpu = 12
memory_per_cpu = 1
remote_image = ghcr.io/ml4gw/aframe/train:v0.2
`;

export class Experiment {
    readonly directory = mkdtempSync(path.join(tmpdir(), "aframe-forecast-"));
    /** Values of the stack's config that replace the usual ones. */
    config: Readonly<Record<string, unknown>> = {};
    /** Overrides of the cfg. */
    overrides: Settings = {};
    environment: Readonly<Record<string, string>> = {};

    constructor() {
        after(() => {
            rmSync(this.directory, { recursive: true, force: true });
        });
        writeFileSync(this.file("sandbox.cfg"), cfg);
        writeFileSync(this.file("train.yaml"), "trainer:\n  max_epochs: 2\n");
    }

    file(name: string): string {
        return path.join(this.directory, name);
    }

    /** Moves training data and run directory to S3, which makes training a remote one. */
    onS3(): this {
        this.config = { kubernetes: { context: "nautilus", namespace: "physics" }, ...this.config };
        this.environment = {
            AFRAME_TRAIN_DATA_DIR: "s3://my-bucket/first/data/train",
            AFRAME_TRAIN_RUN_DIR: "s3://my-bucket/first/training",
        };
        return this;
    }

    get settings(): ExperimentSettings {
        const environment = {
            AFRAME_TRAIN_DATA_DIR: this.file("data/train"),
            AFRAME_TEST_DATA_DIR: this.file("data/test"),
            AFRAME_TRAIN_RUN_DIR: this.file("training"),
            AFRAME_CONDOR_DIR: this.file("condor"),
            AFRAME_RESULTS_DIR: this.file("results"),
            AFRAME_TMPDIR: this.file("tmp"),
            ...this.environment,
        };
        const config = { directory: this.directory, environment, settings: this.overrides, law, ...this.config };
        return loadExperiment(parseStackSettings("test", config, "stacks/Pulumi.test.yaml"));
    }

    /** Takes all edits back. */
    reset(): void {
        this.config = {};
        this.overrides = {};
        this.environment = {};
    }

    /**
     * Runs the local stages, each with what those before it made. Nothing is sent to S3, and what comes after a remote
     * training is left out.
     */
    async run(options: { readonly failing?: string } = {}): Promise<void> {
        const { settings } = this;
        const digests = new Map<string, string>();
        for (const definition of stagesOf(settings).filter(({ needs }) => !needs.includes(trainStage))) {
            if (definition.needs.some((need) => !digests.has(need))) continue;
            const { target: _target, ...inputs } = stageInputs(definition, settings);
            const result = await runStage({
                ...inputs,
                environment: { ...inputs.environment, FAIL: options.failing ?? "" },
                inputs: Object.fromEntries(definition.needs.map((need) => [need, digests.get(need) ?? ""])),
                sources: definition.needs.map((need) => {
                    const of = stagesOf(settings).find(({ name }) => name === need);
                    return { stage: need, root: sourceOf({ name: need, root: of?.root ?? "run" }, settings).root };
                }),
            });
            digests.set(definition.name, manifestDigest(result.manifest));
        }
    }

    forecast(): Promise<Forecast> {
        return forecastExperiment(this.settings);
    }

    /** The forecast as it is shown, the experiment directory left out. */
    async lines(): Promise<string[]> {
        return describeForecast(await this.forecast());
    }

    /** Stage → `runs: why`. */
    async verdicts(): Promise<Record<string, string>> {
        const { stages } = await this.forecast();
        return Object.fromEntries(
            stages.map(({ name, verdict, reason }) => [name, reason === "" ? verdict : `${verdict}: ${reason}`]),
        );
    }
}

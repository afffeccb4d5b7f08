// An experiment that has trained on a cluster: artefacts of real stages on a real S3 server and here, and its state.
import assert from "node:assert/strict";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, type TestContext } from "node:test";
import { parseDocument } from "yaml";
import { StackFile } from "../../cli/stackFile.ts";
import { describeRun } from "../../components/runDescription.ts";
import { digestOfTraining, planTraining } from "../../components/trainingPlan.ts";
import { readExperiment } from "../../config/experiment.ts";
import type { RemoteTraining } from "../../config/settings.ts";
import { parseStackSettings } from "../../config/stack.ts";
import type { ResourceState } from "../../embedded/state/checkpoint.ts";
import { create as createRunFile } from "../../pipeline/provenance/lifecycle.ts";
import { create } from "../../pipeline/stage/lifecycle.ts";
import type { StageInputs, StageOutputs } from "../../pipeline/stage/state.ts";
import { Experiment } from "../pipeline/fixtures/experiment.ts";
import { prefix, type S3Server } from "../pipeline/fixtures/s3.ts";
import { putModel } from "../pipeline/training/model.ts";
import { trainingTarget } from "../pipeline/training/target.ts";
import { TestCheckout } from "./checkout.ts";
import { stage, trainingJob, trainingRun } from "./experimentState.ts";

/** The stages whose artefacts are on S3. */
export const trainingData = ["FetchTrain", "TrainingWaveforms", "ValidationWaveforms"] as const;

/** What the file of a stage holds is the stage's name. */
const files: Readonly<Record<string, string>> = {
    FetchTrain: "background/a.hdf5",
    TrainingWaveforms: "training_waveforms.hdf5",
    ValidationWaveforms: "val_waveforms.hdf5",
    FetchTest: "segments.txt",
    TestingWaveforms: "waveforms.hdf5",
};

export class TrainedExperiment {
    readonly checkout = new TestCheckout();
    readonly directory = this.checkout.path("exp");
    readonly #location = prefix("exp/data");
    readonly #server: S3Server;
    readonly #outputs = new Map<string, StageOutputs>();
    #target;
    #model = "";

    private constructor(server: S3Server) {
        this.#server = server;
        this.#target = trainingTarget("exp/run", server.connection);
        symlinkSync(
            path.join(import.meta.dirname, "../../components"),
            path.join(this.checkout.checkout, "components"),
        );
        // The engine wants to see the program, but does not run it for a look.
        writeFileSync(path.join(this.checkout.checkout, "index.ts"), "");
    }

    /** Made for the tests of one file. @param endpoint - as the stack's config names the server */
    static async make(server: S3Server, endpoint: string): Promise<TrainedExperiment> {
        const experiment = new TrainedExperiment(server);
        after(() => {
            experiment.checkout.remove();
        });
        await experiment.checkout.run("aframe-init", ["offline", "-d", experiment.directory]);
        experiment.setStackConfig(["aframe:settings", "luigi_s3", "endpoint_url"], endpoint);
        experiment.setStackConfig(["aframe:kubernetes"], experiment.#target.kubernetes);
        experiment.setStackConfig(["aframe:environment", "AFRAME_TRAIN_DATA_DIR"], experiment.#location.uri);
        experiment.setStackConfig(["aframe:environment", "AFRAME_TRAIN_RUN_DIR"], experiment.#target.runDir.uri);
        await experiment.#makeData();
        experiment.#target = { ...experiment.#target, trainingDigest: experiment.#trainingDigest() };
        experiment.#model = await putModel(server.client, experiment.#target);
        return experiment;
    }

    /** The training that has finished. */
    get target() {
        return this.#target;
    }

    setStackConfig(keys: readonly string[], value: unknown): void {
        const file = this.checkout.stackFile("exp");
        const document = parseDocument(readFileSync(file, "utf8"));
        document.setIn(["config", ...keys], value);
        writeFileSync(file, document.toString());
    }

    async #makeData(): Promise<void> {
        const tasks = await Experiment.make({ after } as TestContext);
        const make = async (name: string, rest: Partial<StageInputs>) => {
            const file = files[name] ?? "";
            const root = path.join(this.directory, rest.target ? "mirror/data/train" : "data/test");
            const place = { directory: this.directory, root, environment: { ROOT: root } };
            const common = { ...place, stage: name, produces: [file], s3: this.#server.connection };
            const { outs } = await create(tasks.stage([`make:${file}=${name}`], { ...common, ...rest }));
            this.#outputs.set(name, outs);
            return outs.manifestDigest;
        };
        const target = this.#location;
        const fetched = await make("FetchTrain", { target });
        await make("TrainingWaveforms", { target });
        await make("ValidationWaveforms", { target, inputs: { FetchTrain: fetched } });
        const tested = await make("FetchTest", {});
        await make("TestingWaveforms", { inputs: { FetchTest: tested } });
    }

    /** As the program plans it for a training without git. */
    #plan() {
        const file = this.checkout.stackFile("exp");
        const { config } = new StackFile(file, readFileSync(file, "utf8"));
        const { settings } = readExperiment(parseStackSettings("exp", config, file));
        const { git: _, ...training } = settings.training as RemoteTraining;
        const plan = planTraining({ ...settings, training }, []);
        assert.ok(plan);
        return { settings, plan };
    }

    #trainingDigest(): string {
        return digestOfTraining(this.#plan().plan, "", this.#dataDigests());
    }

    /** Writes run.json beside the model, as the last `up` did. */
    async leaveRunFile(commit: string): Promise<void> {
        const { settings, plan } = this.#plan();
        const { kubernetes, jobName: name, jobUid: uid, runDir, trainingDigest } = this.#target;
        await createRunFile({
            directory: this.directory,
            runDir,
            s3: this.#server.connection,
            description: JSON.stringify(describeRun(settings, plan)),
            manifestDigest: this.#model,
            trainingDigest,
            commit,
            data: this.#dataDigests(),
            job: { ...kubernetes, name, uid },
            artifacts: "retain",
        });
    }

    #dataDigests(): Record<string, string> {
        return Object.fromEntries(trainingData.map((name) => [name, this.#outputs.get(name)?.manifestDigest ?? ""]));
    }

    /** As the last `up` left it: all but what comes after training. @param trainedOn - digests that the pod was given */
    resources(trainedOn: Readonly<Record<string, string>> = {}): ResourceState[] {
        const run = trainingRun(this.#target);
        const job = trainingJob(this.#target);
        const env = [{ name: "AFRAME_MANIFESTS", value: JSON.stringify({ ...this.#dataDigests(), ...trainedOn }) }];
        const spec = { template: { spec: { initContainers: [{ name: "fetch-data", env }], containers: [] } } };
        return [
            ...[...this.#outputs].map(([name, { s3: _, ...outs }]) => stage(name, outs)),
            { ...job, inputs: { ...job.inputs, spec }, outputs: { ...job.outputs, spec } },
            { ...run, outputs: { ...run.outputs, state: "succeeded", manifestDigest: this.#model } },
        ];
    }
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { buildTrainArguments } from "../../components/trainArguments.ts";
import type { TrainingParameters } from "../../config/settings.ts";

const training: TrainingParameters = {
    ifos: ["H1", "L1"],
    seed: 1122,
    kernelLengthSeconds: 1.5,
    sampleRateHz: 2048,
    fdurationSeconds: 1,
    highpassHz: 32,
    useWandb: false,
    trainConfig: "/anywhere",
};
const directories = { config: "/aframe/bin/train.yaml", data: "/aframe/data", run: "/aframe/run" };

describe("buildTrainArguments", () => {
    it("gives upstream's flags in upstream's order", () => {
        assert.deepEqual(buildTrainArguments(training, { tags: [] }, directories), [
            ...["fit", "--config", "/aframe/bin/train.yaml", "--seed_everything", "1122"],
            ...["--data.ifos=[H1,L1]", "--data.data_dir", "/aframe/data"],
            ...["--data.sample_rate=2048.0", "--data.kernel_length=1.5", "--data.fduration=1.0"],
            ...["--data.highpass=32.0", "--data.fftlength=null", "--data.lowpass=null"],
            "--trainer.logger.save_dir=/aframe/run",
        ]);
    });

    it("adds optional values where they are set", () => {
        const given = { ...training, fftlengthSeconds: 2, lowpassHz: 1000, q: 45.6 };
        const args = buildTrainArguments(given, { tags: [] }, directories);
        assert.deepEqual(args.slice(12, 15), ["--data.fftlength=2.0", "--data.lowpass=1000.0", "--data.q=45.6"]);
    });

    it("logs to W&B with what is set, one flag per tag, and never with the key", () => {
        const wandb = { apiKey: "secret", entity: "ligo", project: "", group: "o3", tags: ["a", "b c"] };
        const args = buildTrainArguments({ ...training, useWandb: true }, wandb, directories);
        assert.deepEqual(args.slice(15), [
            "--trainer.logger+=WandbLogger",
            "--trainer.logger.job_type=train",
            "--trainer.logger.save_dir=/aframe/run",
            "--trainer.logger.entity=ligo",
            "--trainer.logger.group=o3",
            "--trainer.logger.tags+=a",
            "--trainer.logger.tags+=b c",
        ]);
    });
});

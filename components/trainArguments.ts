// The command line of `python -m train`, flag for flag as Aframe's own Train task writes it.
import type { TrainingParameters, WandbSettings } from "../config/settings.ts";
import { pythonFloat } from "./pythonNumber.ts";

export interface TrainDirectories {
    /** The Lightning yaml. */
    readonly config: string;
    readonly data: string;
    readonly run: string;
}

export function buildTrainArguments(
    training: TrainingParameters,
    wandb: WandbSettings,
    directories: TrainDirectories,
): string[] {
    const optional = (value: number | undefined) => (value === undefined ? "null" : pythonFloat(value));
    return [
        "fit",
        ...["--config", directories.config],
        ...["--seed_everything", String(training.seed)],
        `--data.ifos=[${training.ifos.join(",")}]`,
        ...["--data.data_dir", directories.data],
        `--data.sample_rate=${pythonFloat(training.sampleRateHz)}`,
        `--data.kernel_length=${pythonFloat(training.kernelLengthSeconds)}`,
        `--data.fduration=${pythonFloat(training.fdurationSeconds)}`,
        `--data.highpass=${pythonFloat(training.highpassHz)}`,
        `--data.fftlength=${optional(training.fftlengthSeconds)}`,
        `--data.lowpass=${optional(training.lowpassHz)}`,
        ...(training.q === undefined ? [] : [`--data.q=${pythonFloat(training.q)}`]),
        `--trainer.logger.save_dir=${directories.run}`,
        ...(training.useWandb ? wandbArguments(wandb, directories.run) : []),
    ];
}

function wandbArguments(wandb: WandbSettings, runDir: string): string[] {
    const named = (["name", "entity", "project", "group"] as const).flatMap((key) =>
        wandb[key] === undefined || wandb[key] === "" ? [] : [`--trainer.logger.${key}=${wandb[key]}`],
    );
    return [
        "--trainer.logger+=WandbLogger",
        "--trainer.logger.job_type=train",
        `--trainer.logger.save_dir=${runDir}`,
        ...named,
        ...wandb.tags.map((tag) => `--trainer.logger.tags+=${tag}`),
    ];
}

"""Parameters of training and the flags they become."""

import os

import law
import luigi

from aframe.parameters import PathParameter, directory


class wandb(luigi.Config):  # the section is [luigi_wandb]
    """Weights & Biases settings; the miniature passes them on but contacts no one."""

    api_key = luigi.Parameter(default=os.environ.get("WANDB_API_KEY", ""))
    entity = luigi.Parameter(default=os.environ.get("WANDB_ENTITY", ""))
    project = luigi.Parameter(default=os.environ.get("WANDB_PROJECT", "aframe"))
    name = luigi.Parameter(default=os.environ.get("WANDB_NAME", ""))
    group = luigi.Parameter(default=os.environ.get("WANDB_RUN_GROUP", ""))
    tags = luigi.Parameter(default=os.environ.get("WANDB_TAGS", ""))


class TrainParameters(law.Task):
    config = luigi.Parameter(default="", description="yaml with the training options")
    train_config = luigi.Parameter(default="", description="newer name of config")
    ifos = luigi.ListParameter(default=("H1", "L1"))
    seed = luigi.IntParameter(default=101588)
    use_wandb = luigi.BoolParameter(default=False)
    kernel_length = luigi.FloatParameter(description="s")
    sample_rate = luigi.FloatParameter(description="Hz")
    highpass = luigi.FloatParameter(description="Hz")
    lowpass = luigi.OptionalFloatParameter(default=None, description="Hz")
    fftlength = luigi.OptionalFloatParameter(default=None, description="s")
    q = luigi.OptionalFloatParameter(default=None)
    fduration = luigi.FloatParameter(description="s")
    run_dir = PathParameter(default=directory("AFRAME_TRAIN_RUN_DIR"))
    data_dir = PathParameter(default=directory("AFRAME_TRAIN_DATA_DIR"))

    exclude_params_req = {"data_dir"}

    def arguments(self) -> list[str]:
        """Flags of `python -m train fit`."""
        config = self.config or self.train_config
        if not config:
            raise ValueError("no training yaml: set config (or train_config) in [luigi_Train] or [luigi_TrainLocal]")
        flags = ["--config", config, "--seed_everything", str(self.seed), f"--data.ifos=[{','.join(self.ifos)}]"]
        flags += ["--data.data_dir", str(self.data_dir)]
        for name in ("sample_rate", "kernel_length", "fduration", "fftlength", "highpass", "lowpass", "q"):
            value = getattr(self, name)
            if value is not None or name != "q":
                flags.append(f"--data.{name}={'null' if value is None else value}")
        flags.append(f"--trainer.logger.save_dir={self.run_dir}")
        return flags + (self.wandb_arguments() if self.use_wandb else [])

    def wandb_arguments(self) -> list[str]:
        settings = wandb()
        if not settings.api_key:
            raise ValueError("use_wandb = true needs an API key: set WANDB_API_KEY or [luigi_wandb] api_key")
        flags = ["--trainer.logger+=WandbLogger", "--trainer.logger.job_type=train"]
        flags.append(f"--trainer.logger.save_dir={self.run_dir}")
        for name in ("name", "entity", "project", "group"):
            if getattr(settings, name):
                flags.append(f"--trainer.logger.{name}={getattr(settings, name)}")
        return flags + [f"--trainer.logger.tags+={tag}" for tag in settings.tags.split(",") if tag]

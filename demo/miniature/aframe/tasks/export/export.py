"""The trained network, its preprocessing and the streaming state as a model repository.

The miniature has no Triton: the files carry the names upstream's server expects, `model.plan`/`model.pt` of `aframe`
holds the numpy weights, `preprocessor/…/model.pt` the whitening parameters as JSON, and the other two are empty.
"""

import json
import shutil
from pathlib import Path

import law
import luigi
import numpy as np

from aframe.base import AframeTask
from aframe.files import atomic_path, atomic_text, open_hdf5
from aframe.parameters import PathParameter, directory
from aframe.tasks.export.target import ModelRepositoryTarget
from aframe.tasks.train.train import Train, TrainLocal  # noqa: F401  names that train_task may hold
from train.checkpoint import load_network


class ExportParameters(law.Task):
    fduration = luigi.FloatParameter(description="s")
    kernel_length = luigi.FloatParameter(description="s")
    inference_sampling_rate = luigi.FloatParameter(description="Hz")
    sample_rate = luigi.FloatParameter(description="Hz")
    batch_file = luigi.Parameter(default="")
    streams_per_gpu = luigi.IntParameter(default=1)
    aframe_instances = luigi.IntParameter(default=1)
    preproc_instances = luigi.IntParameter(default=1)
    clean = luigi.BoolParameter(default=False, description="remove an earlier repository")
    batch_size = luigi.IntParameter(description="kernels per request")
    psd_length = luigi.FloatParameter(description="s")
    highpass = luigi.FloatParameter(description="Hz")
    lowpass = luigi.OptionalFloatParameter(default=None, description="Hz")
    q = luigi.OptionalFloatParameter(default=None)
    fftlength = luigi.OptionalFloatParameter(default=None, description="s")
    ifos = luigi.ListParameter(default=("H1", "L1"))
    export_config = luigi.Parameter(default="", description="accepted; all values come from the cfg")
    repository_directory = PathParameter(default=directory("AFRAME_RESULTS_DIR", "model_repo"))
    train_task = luigi.TaskParameter(default=TrainLocal)
    platform = luigi.Parameter(default="TENSORRT")


class ExportLocal(ExportParameters, AframeTask):
    def requires(self):
        return self.train_task.req(self)

    def output(self):
        return ModelRepositoryTarget(self.repository_directory, self.platform)

    def run(self):
        self.check(load_network(self.input().path))
        target = self.output()
        if self.clean and target.path.exists():
            shutil.rmtree(target.path)
        version = max(target.versions(), default=0) + 1
        preprocessing = {
            name: getattr(self, name)
            for name in ("sample_rate", "kernel_length", "fduration", "highpass", "lowpass", "psd_length", "fftlength")
        }
        contents = {
            "snapshotter": b"",
            "preprocessor": json.dumps(preprocessing, indent=2).encode(),
            "aframe-stream": b"",
            "aframe": Path(self.input().path).read_bytes(),
        }
        # the network comes last: its version folder is what makes a version
        for model, content in contents.items():
            atomic_text(target.path / model / "config.pbtxt", self.describe(model))
            with atomic_path(target.file(model, version)) as partial:
                partial.write_bytes(content)
        self.say(f"version {version} in {target.path}")

    def check(self, network) -> None:
        """The network must fit the configuration and the sample batch that training left beside it."""
        size = round(self.kernel_length * self.sample_rate)
        shape = network.shape
        if (shape.num_ifos, shape.kernel_size) != (len(self.ifos), size):
            raise ValueError(
                f"{self.input().path} is for {shape.num_ifos} detectors and {shape.kernel_size} samples, "
                f"the configuration for {len(self.ifos)} and {size} (kernel_length x sample_rate)"
            )
        batch_file = self.batch_file or f"{self.input().parent.path}/batch.h5"
        with open_hdf5(batch_file) as file:
            if not np.isfinite(network(file["X"][:])).all():
                raise ValueError(f"the network's output on {batch_file} is not finite")

    def describe(self, model: str) -> str:
        """Triton's description of a model."""
        step = round(self.batch_size * self.sample_rate / self.inference_sampling_rate)
        kernel, ifos = round(self.kernel_length * self.sample_rate), len(self.ifos)
        inputs = {
            "aframe": ("whitened", [self.batch_size, ifos, kernel]),
            "preprocessor": ("stream", [2, ifos, step + round((self.psd_length + self.fduration) * self.sample_rate)]),
            "snapshotter": ("stream", [2, ifos, step]),
            "aframe-stream": ("stream", [2, ifos, step]),
        }
        outputs = {
            "aframe": ("discriminator", [self.batch_size, 1]),
            "preprocessor": ("whitened", [self.batch_size, ifos, kernel]),
            "snapshotter": ("snapshot", inputs["preprocessor"][1]),
            "aframe-stream": ("discriminator", [self.batch_size, 1]),
        }
        instances = {"aframe": self.aframe_instances, "preprocessor": self.preproc_instances}
        lines = [f'name: "{model}"', 'platform: "ensemble"' if model == "aframe-stream" else 'backend: "numpy"']
        for kind, (name, dims) in (("input", inputs[model]), ("output", outputs[model])):
            lines.append(f'{kind} [ {{ name: "{name}" data_type: TYPE_FP32 dims: {dims} }} ]')
        if model in instances:
            lines.append(f"instance_group [ {{ count: {instances[model]} }} ]")
        return "\n".join(lines) + "\n"

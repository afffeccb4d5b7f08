"""The pipeline's last two stages under the names of their cfg sections, and the whole of it."""

import law
import luigi

from aframe.base import AframeTask
from aframe.tasks.infer.infer import Infer
from aframe.tasks.plots.sv import SensitiveVolume
from aframe.tasks.train.train import Train, TrainLocal


class SandboxInfer(Infer):
    train_task = luigi.TaskParameter(default=TrainLocal)


class SandboxSV(SensitiveVolume):
    train_task = luigi.TaskParameter(default=TrainLocal)
    infer_task = SandboxInfer


class Sandbox(AframeTask, law.WrapperTask):
    """Everything."""

    def requires(self):
        return SandboxSV.req(self, train_task=Train)

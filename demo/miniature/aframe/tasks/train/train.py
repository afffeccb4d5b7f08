"""Training on this machine, in a process of its own."""

import shlex
import subprocess
import sys

import law
from luigi.util import inherits

from aframe.base import AframeTask
from aframe.tasks.data.fetch import FetchTrain
from aframe.tasks.data.waveforms.training import TrainingWaveforms
from aframe.tasks.data.waveforms.validation import ValidationWaveforms
from aframe.tasks.train.base import TrainParameters


class TrainLocal(TrainParameters, AframeTask):
    """Runs `python -m train fit`; its result is `model.pt` in the run dir."""

    exclude_params_req = TrainParameters.exclude_params_req | AframeTask.exclude_params_req

    def requires(self):
        return {
            "strain": FetchTrain.req(self),
            "train_waveforms": TrainingWaveforms.req(self),
            "val_waveforms": ValidationWaveforms.req(self),
        }

    def output(self):
        return law.LocalFileTarget(str(self.run_dir / "model.pt"))

    def run(self):
        command = [sys.executable, "-m", "train", "fit", *self.arguments()]
        if len([gpu for gpu in self.gpus.split(",") if gpu]) > 1:
            command.append("--trainer.strategy=ddp")
        self.say(shlex.join(command))
        with subprocess.Popen(command) as process:
            try:
                code = process.wait()
            except BaseException:
                process.terminate()
                raise
        if code != 0:
            raise RuntimeError(f"exit code {code} of: {shlex.join(command)}")


@inherits(TrainParameters)
class Train(AframeTask, law.WrapperTask):
    """Upstream's choice between local and remote training; here training is local."""

    exclude_params_req = TrainParameters.exclude_params_req | AframeTask.exclude_params_req

    def requires(self):
        return TrainLocal.req(self)

    def output(self):
        return self.requires().output()

"""Signals the network learns from, before they meet a detector."""

import law
import luigi
import numpy as np

from aframe.base import AframeWorkflow
from aframe.parameters import PathParameter, directory
from aframe.tasks.data.waveforms.base import WaveformParameters, share


class TrainingWaveforms(WaveformParameters, AframeWorkflow):
    """One file of polarizations per branch."""

    num_jobs = luigi.IntParameter(default=10)
    output_dir = PathParameter(default=directory("AFRAME_TRAIN_DATA_DIR", "training_waveforms"))

    exclude_params_req = AframeWorkflow.exclude_params_req | {"output_dir", "seed"}

    def create_branch_map(self):
        return {branch: share(self.num_signals, self.num_jobs, branch) for branch in range(self.num_jobs)}

    def output(self):
        return law.LocalFileTarget(str(self.output_dir / f"waveforms-{self.branch}.hdf5"))

    def run(self):
        signals = self.make_polarizations(self.branch_data, np.random.default_rng([self.seed, 1, self.branch]))
        signals.write(self.output().path)
        self.say(f"{self.output().basename}: {len(signals)} signals")

"""Signals that judge the network while it trains: strain in each detector, loud enough to be found."""

import shutil

import law
import numpy as np
from luigi.util import inherits

from aframe.base import AframeMergeTask, AframeWorkflow
from aframe.files import open_hdf5
from aframe.parameters import PathParameter, directory
from aframe.tasks.data.fetch import FetchTrain
from aframe.tasks.data.waveforms.base import RejectionParameters, share
from ledger import Ledger
from physics.whitening import estimate_psd


def file_psd(path: str, ifos: list[str], sample_rate: float, segment: float) -> np.ndarray:
    """PSD of a strain file, shape (ifos, bins of 1 / segment Hz)."""
    with open_hdf5(path) as file:
        for ifo in ifos:
            if ifo not in file:
                raise ValueError(f"{path}: no dataset {ifo}; it holds {', '.join(file)}")
            rate = round(1 / file[ifo].attrs["dx"], 6)
            if rate != sample_rate:
                raise ValueError(f"{path}: sample rate {rate} Hz, but sample_rate = {sample_rate}")
        strain = np.stack([file[ifo][:] for ifo in ifos]).astype(np.float64)
    return estimate_psd(strain, sample_rate, segment)


class ValidationParameters(RejectionParameters):
    output_dir = PathParameter(default=directory("AFRAME_TRAIN_DATA_DIR"))
    tmp_dir = PathParameter(default=directory("AFRAME_TMPDIR", "val"), significant=False)

    exclude_params_req = {"output_dir", "tmp_dir", "seed"}


class DeployValidationWaveforms(ValidationParameters, AframeWorkflow):
    num_jobs = AframeMergeTask.num_jobs

    exclude_params_req = AframeWorkflow.exclude_params_req

    def workflow_requires(self):
        requirements = super().workflow_requires()
        requirements["strain"] = fetch_train(self)
        return requirements

    def create_branch_map(self):
        return {branch: share(self.num_signals, self.num_jobs, branch) for branch in range(self.num_jobs)}

    def output(self):
        return law.LocalFileTarget(str(self.tmp_dir / f"waveforms-{self.branch}.hdf5"))

    def run(self):
        strain = list(self.workflow_input()["strain"].collection.targets.values())[-1]
        psd = file_psd(strain.path, self.ifos, self.sample_rate, self.waveform_duration)
        signals, _ = self.accepted_signals(self.branch_data, psd, np.random.default_rng([self.seed, 2, self.branch]))
        signals.write(self.output().path)


def fetch_train(task: RejectionParameters) -> FetchTrain:
    return FetchTrain.req(task, segments_file=task.output_dir / "segments.txt")


@inherits(ValidationParameters)
class ValidationWaveforms(AframeMergeTask):
    exclude_params_req = AframeMergeTask.exclude_params_req | {"output_dir", "tmp_dir", "seed"}

    def requires(self):
        return DeployValidationWaveforms.req(
            self, output_dir=self.output_dir, tmp_dir=self.tmp_dir, seed=self.seed, workflow=self.workflow
        )

    def output(self):
        return law.LocalFileTarget(str(self.output_dir / "val_waveforms.hdf5"))

    def run(self):
        parts = [Ledger.read(target.path) for target in self.input().collection.targets.values()]
        merged = Ledger.merge(parts)
        merged.write(self.output().path)
        shutil.rmtree(self.tmp_dir)
        self.say(f"{len(merged)} signals of {merged.metadata['num_injections']} drawn")

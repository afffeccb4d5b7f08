"""Signals to be injected into the test data, and the parameters of those too quiet to be worth it."""

import shutil
import zlib

import law
import luigi
import numpy as np
from luigi.util import inherits

from aframe.base import AframeMergeTask, AframeWorkflow
from aframe.parameters import PathParameter, directory
from aframe.tasks.data.fetch import FetchTest
from aframe.tasks.data.waveforms.base import RejectionParameters
from aframe.tasks.data.waveforms.validation import file_psd
from ledger import Ledger


def span(path: str) -> tuple[float, float]:
    """Start and end in GPS s of a strain file, from its name."""
    start, duration = map(float, path.rsplit(".", 1)[0].split("-")[-2:])
    return start, start + duration


def shifts_for(total: float, live: float, step: float) -> int:
    """The smallest n for which n slides of `live` s, the i-th shortened by i * step, add up to `total` s."""
    if total <= 0:
        return 0
    count, sum_ = 0, 0.0
    while sum_ < total:
        count += 1
        gain = live - count * step
        if gain <= 0:
            raise ValueError(f"{live:.0f} s of test data in steps of {step} s cannot give {total:.0f} s of time slides")
        sum_ += gain
    return count


class TestingParameters(RejectionParameters):
    start = luigi.FloatParameter(description="GPS s")
    end = luigi.FloatParameter(description="GPS s")
    shifts = luigi.ListParameter(description="s per step of a time slide, for each detector")
    spacing = luigi.FloatParameter(description="s between the end of a signal and the start of the next")
    buffer = luigi.FloatParameter(description="s without injections at both ends of a file")
    psd_length = luigi.FloatParameter(description="s at the start of a file that only serve to estimate the PSD")
    jitter = luigi.FloatParameter(default=0.1, description="s")
    output_dir = PathParameter(default=directory("AFRAME_TEST_DATA_DIR"))

    exclude_params_req = {"output_dir"}


class DeployTestingWaveforms(TestingParameters, AframeWorkflow):
    """One branch for each file and time slide."""

    exclude_params_req = AframeWorkflow.exclude_params_req

    def workflow_requires(self):
        requirements = super().workflow_requires()
        requirements["test_segments"] = FetchTest.req(self, segments_file=self.output_dir / "segments.txt")
        return requirements

    @law.dynamic_workflow_condition
    def workflow_condition(self) -> bool:
        return self.workflow_input()["test_segments"].collection.exists()

    @workflow_condition.create_branch_map
    def create_branch_map(self):
        if len(self.shifts) != len(self.ifos):
            raise ValueError(f"shifts = {list(self.shifts)} needs one entry for each of ifos = {list(self.ifos)}")
        files = [target.path for target in self.workflow_input()["test_segments"].collection.targets.values()]
        live = sum(end - start for start, end in map(span, files)) - 2 * (self.buffer + self.waveform_duration // 2)
        count = shifts_for(self.num_signals * (self.spacing + self.waveform_duration), live, max(self.shifts))
        branches = []
        for path in files:
            start, end = span(path)
            for j in range(1, count + 1):
                shifts = [j * shift for shift in self.shifts]
                if end - start - max(shifts) - self.psd_length > 0:
                    branches.append((start + self.psd_length, end, shifts, files[-1]))
        return dict(enumerate(branches))

    @workflow_condition.output
    def output(self):
        folder = self.output_dir / f"tmp-{self.branch}"
        return [law.LocalFileTarget(str(folder / name)) for name in ("waveforms.hdf5", "rejected-parameters.hdf5")]

    def run(self):
        start, end, shifts, psd_file = self.branch_data
        rng = np.random.default_rng([self.seed, zlib.adler32(str((start, end, *shifts)).encode())])
        margin = self.buffer + self.waveform_duration // 2
        step = self.spacing + self.waveform_duration
        times = np.arange(start + margin, end - max(shifts) - margin, step)
        times = times + rng.uniform(-self.jitter, self.jitter, len(times))
        psd = file_psd(psd_file, self.ifos, self.sample_rate, self.waveform_duration)
        signals, rejected = self.accepted_signals(len(times), psd, rng) if len(times) else (Ledger(), Ledger())
        signals.parameters["injection_time"] = times
        signals.parameters["shift"] = np.tile(np.array(shifts, dtype=float), (len(times), 1))
        waveforms, parameters = self.output()
        rejected.write(parameters.path)
        signals.write(waveforms.path)


@inherits(TestingParameters)
class TestingWaveforms(AframeMergeTask):
    exclude_params_req = AframeMergeTask.exclude_params_req | {"output_dir"}

    def requires(self):
        return DeployTestingWaveforms.req(self, output_dir=self.output_dir, workflow=self.workflow)

    def output(self):
        names = ("waveforms.hdf5", "rejected-parameters.hdf5")
        return [law.LocalFileTarget(str(self.output_dir / name)) for name in names]

    def run(self):
        branches = list(self.input().collection.targets.values())
        if not branches:
            raise ValueError("no test file is long enough for a time slide; see psd_length, shifts and max_duration")
        for i, target in reversed(list(enumerate(self.output()))):
            merged = Ledger.merge([Ledger.read(branch[i].path) for branch in branches])
            merged.write(target.path)
        for branch in branches:
            shutil.rmtree(branch[0].parent.path)
        self.say(f"{len(merged)} signals of {merged.metadata['num_injections']} drawn, in {len(branches)} time slides")

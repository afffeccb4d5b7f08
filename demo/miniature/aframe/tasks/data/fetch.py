"""Strain files: made-up noise where upstream downloads data."""

from pathlib import Path

import law
import luigi
import numpy as np
from luigi.util import inherits

from aframe.base import AframeWorkflow
from aframe.files import atomic_hdf5
from aframe.parameters import PathParameter, directory
from aframe.tasks.data.segments import Query
from physics.noise import detector_noise


@inherits(Query)
class Fetch(AframeWorkflow):
    """One HDF5 file per piece of a segment, with a dataset per detector (attributes x0 and dx in s)."""

    sample_rate = luigi.FloatParameter(description="Hz")
    max_duration = luigi.FloatParameter(default=-1, description="longest piece in s; -1 for whole segments")
    prefix = luigi.Parameter(default="background")
    channels = luigi.ListParameter(default=(), description="accepted; the noise belongs to the detectors in ifos")
    data_dir = PathParameter()

    exclude_params_req = AframeWorkflow.exclude_params_req | {"data_dir"}

    def workflow_requires(self):
        requirements = super().workflow_requires()
        requirements["segments"] = Query.req(self, segments_file=self.segments_file)
        return requirements

    @law.dynamic_workflow_condition
    def workflow_condition(self) -> bool:
        return self.workflow_input()["segments"].exists()

    @workflow_condition.create_branch_map
    def create_branch_map(self):
        if self.max_duration != -1 and (self.max_duration < 1 or self.max_duration % 1):
            raise ValueError(f"max_duration = {self.max_duration}: expected a whole number of s, or -1")
        lines = Path(self.workflow_input()["segments"].path).read_text().splitlines()[1:]
        pieces = []
        for line in lines:
            _, start, _, duration = map(float, line.split("\t"))
            step = duration if self.max_duration == -1 else self.max_duration
            count = int((duration - 1) // step) + 1
            pieces += [(start + j * step, min(duration - j * step, step)) for j in range(count)]
        return dict(enumerate(pieces, 1))

    @workflow_condition.output
    def output(self):
        start, duration = map(int, self.branch_data)
        return law.LocalFileTarget(str(self.data_dir / f"{self.prefix}-{start}-{duration}.hdf5"))

    def run(self):
        start, duration = map(int, self.branch_data)
        if self.sample_rate != int(self.sample_rate):
            raise ValueError(f"sample_rate = {self.sample_rate}: the miniature needs a whole number of Hz")
        with atomic_hdf5(self.output().path) as file:
            for ifo in self.ifos:
                strain = detector_noise(ifo, start, duration, int(self.sample_rate)).astype(np.float32)
                dataset = file.create_dataset(ifo, data=strain, chunks=(min(len(strain), 131072),))
                dataset.attrs["x0"] = float(start)
                dataset.attrs["dx"] = 1 / self.sample_rate
        self.say(f"{self.output().basename}: {duration} s of {', '.join(self.ifos)}")


class FetchTrain(Fetch):
    data_dir = PathParameter(default=directory("AFRAME_TRAIN_DATA_DIR", "background"))
    segments_file = PathParameter(default=directory("AFRAME_TRAIN_DATA_DIR", "segments.txt"))


class FetchTest(Fetch):
    data_dir = PathParameter(default=directory("AFRAME_TEST_DATA_DIR", "background"))
    segments_file = PathParameter(default=directory("AFRAME_TEST_DATA_DIR", "segments.txt"))

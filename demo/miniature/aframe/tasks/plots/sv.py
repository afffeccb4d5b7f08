"""Sensitive volume against false-alarm rate."""

import math

import law
import luigi

from aframe.base import AframeTask
from aframe.files import atomic_hdf5, atomic_text
from aframe.parameters import PathParameter, directory, load_prior
from aframe.tasks.data.waveforms.testing import TestingWaveforms
from aframe.tasks.infer.infer import Infer
from aframe.tasks.train.train import Train, TrainLocal  # noqa: F401  names that train_task may hold
from ledger import Ledger


class SensitiveVolume(AframeTask):
    ifos = luigi.ListParameter(default=("H1", "L1"))
    mass_combos = luigi.ListParameter(description="pairs of source-frame masses in solar masses")
    source_prior = luigi.Parameter(description="Python path of the prior the injections were drawn from")
    dt = luigi.FloatParameter(default=math.inf, description="s between injection and event at most")
    output_dir = PathParameter(default=directory("AFRAME_RESULTS_DIR", "plots"))
    train_task = luigi.TaskParameter(default=TrainLocal)
    workflow = luigi.Parameter(default="", significant=False)

    exclude_params_req = AframeTask.exclude_params_req | {"output_dir", "workflow"}
    infer_task = Infer

    def requires(self):
        return {"ts": TestingWaveforms.req(self), "infer": self.infer_task.req(self)}

    def output(self):
        return [law.LocalFileTarget(str(self.output_dir / f"sensitive_volume.{end}")) for end in ("h5", "html")]

    def run(self):
        from aframe.tasks.plots.volume import draw, sensitive_volume

        events = self.input()["infer"]
        result = sensitive_volume(
            Ledger.read(events["background"].path),
            Ledger.read(events["foreground"].path),
            Ledger.read(self.input()["ts"][1].path),
            load_prior(self.source_prior)(),
            [tuple(pair) for pair in self.mass_combos],
            self.dt,
        )
        data, plot = self.output()
        atomic_text(plot.path, draw(result))
        with atomic_hdf5(data.path) as file:
            file["thresholds"], file["fars"] = result.thresholds, result.fars
            for pair, volume, error in zip(result.pairs, result.volumes, result.errors, strict=True):
                name = "-".join(map(str, pair))
                file[f"{name}/sv"], file[f"{name}/err"] = volume, error
        self.say(f"{len(result.fars)} thresholds, {', '.join(result.summary())}")

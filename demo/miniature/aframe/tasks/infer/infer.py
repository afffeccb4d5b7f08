"""Background, foreground and zero-lag events of the test data."""

import json
import shutil

import law
import luigi
import numpy as np
from luigi.util import inherits

from aframe.base import AframeMergeTask, AframeWorkflow
from aframe.files import open_hdf5
from aframe.parameters import PathParameter, directory
from aframe.tasks.data.waveforms.testing import TestingWaveforms, shifts_for, span
from aframe.tasks.export.export import ExportLocal
from aframe.tasks.infer.stream import events, predict, recover
from aframe.tasks.train.train import Train, TrainLocal  # noqa: F401  names that train_task may hold
from ledger import Ledger
from train.checkpoint import load_network


class InferParameters(law.Task):
    ifos = luigi.ListParameter(default=("H1", "L1"))
    inference_sampling_rate = luigi.FloatParameter(description="kernels per s")
    batch_size = luigi.IntParameter(description="kernels whitened with one PSD")
    psd_length = luigi.FloatParameter(description="s")
    cluster_window_length = luigi.FloatParameter(description="s")
    integration_window_length = luigi.FloatParameter(description="s")
    fduration = luigi.FloatParameter(description="s")
    Tb = luigi.FloatParameter(description="s of background wanted")
    shifts = luigi.ListParameter(default=(0, 1), description="s per step of a time slide, for each detector")
    sequence_id = luigi.IntParameter(default=1001, description="accepted; there is no server")
    model_name = luigi.Parameter(default="aframe-stream")
    model_version = luigi.IntParameter(default=-1, description="-1 for the newest")
    streams_per_gpu = luigi.IntParameter(default=1)
    rate_per_gpu = luigi.FloatParameter(default=100, description="accepted; there is no server to spare")
    zero_lag = luigi.BoolParameter(default=True)
    return_timeseries = luigi.BoolParameter(default=False, description="accepted")
    triton_image = luigi.Parameter(default="", description="accepted; there is no server")
    output_dir = PathParameter(default=directory("AFRAME_RESULTS_DIR"))
    train_task = luigi.TaskParameter(default=TrainLocal)

    exclude_params_req = {"output_dir"}


class DeployInferLocal(InferParameters, AframeWorkflow):
    """One branch for each file and time slide."""

    exclude_params_req = AframeWorkflow.exclude_params_req

    def workflow_requires(self):
        requirements = super().workflow_requires()
        waveforms = TestingWaveforms.req(self)
        requirements["model_repository"] = ExportLocal.req(self)
        requirements["data"] = waveforms.requires().workflow_requires()["test_segments"]
        requirements["waveforms"] = waveforms
        return requirements

    @law.dynamic_workflow_condition
    def workflow_condition(self) -> bool:
        return self.workflow_input()["data"].collection.exists()

    @workflow_condition.create_branch_map
    def create_branch_map(self):
        files = [target.path for target in self.workflow_input()["data"].collection.targets.values()]
        live = sum(end - start - self.psd_length for start, end in map(span, files))
        count = shifts_for(self.Tb, live, max(self.shifts))
        branches = []
        for path in files:
            start, end = span(path)
            for j in range(0 if self.zero_lag else 1, count + 1):
                shifts = [j * shift for shift in self.shifts]
                if end - start - max(shifts) - self.psd_length > 0:
                    branches.append((path, shifts))
        return dict(enumerate(branches))

    @workflow_condition.output
    def output(self):
        folder = self.output_dir / "tmp" / f"tmp-{self.branch}"
        return {name: law.LocalFileTarget(str(folder / f"{name}.hdf5")) for name in ("foreground", "background")}

    def run(self):
        path, shifts = self.branch_data
        start, _ = span(path)
        repository = self.workflow_input()["model_repository"]
        version = self.model_version if self.model_version != -1 else repository.versions()[-1]
        network = load_network(repository.file("aframe", version))
        preprocessing = json.loads(repository.file("preprocessor", version).read_text())
        strain = self.shifted_strain(path, shifts, preprocessing["sample_rate"])
        background = self.analyse(network, preprocessing, strain, strain, start, shifts)
        injections = injections_of(self.workflow_input()["waveforms"][0].path, start, strain, shifts, preprocessing)
        foreground = Ledger()
        if len(injections):
            injected = strain.copy()
            inject(injected, injections, start, self.ifos)
            foreground = recover(self.analyse(network, preprocessing, strain, injected, start, shifts), injections)
        foreground.write(self.output()["foreground"].path)
        background.write(self.output()["background"].path)
        self.say(
            f"{path.rsplit('/', 1)[-1]} shifted by {shifts} s: {len(background)} events, {len(injections)} injections"
        )

    def shifted_strain(self, path: str, shifts: list[float], sample_rate: float) -> np.ndarray:
        """Strain (ifos, samples) with each detector's data taken `shifts` seconds later."""
        offsets = [round(shift * sample_rate) for shift in shifts]
        with open_hdf5(path) as file:
            size = len(file[self.ifos[0]]) - max(offsets)
            return np.stack([file[ifo][o : o + size] for ifo, o in zip(self.ifos, offsets, strict=True)]).astype(float)

    def analyse(self, network, preprocessing, background, strain, start, shifts) -> Ledger:
        rate = self.inference_sampling_rate
        logits = predict(network, background, strain, preprocessing, self.batch_size, rate)
        # a value belongs to the middle of its kernel; the integration looks back by half its window on average
        middle = preprocessing["psd_length"] + (preprocessing["kernel_length"] - self.integration_window_length) / 2
        return events(logits, start + middle, shifts, rate, self.integration_window_length, self.cluster_window_length)


def injections_of(path: str, start: float, strain: np.ndarray, shifts: list[float], preprocessing: dict) -> Ledger:
    """The injections meant for one stretch of one time slide."""
    with open_hdf5(path) as file:
        time, shift = file["parameters/injection_time"][:], file["parameters/shift"][:]
        end = start + strain.shape[1] / preprocessing["sample_rate"]
        rows = np.flatnonzero((shift == np.array(shifts)).all(1) & (time >= start) & (time < end))
        parameters = {name: values[rows] for name, values in file["parameters"].items()}
        waveforms = {name: values[rows] for name, values in file["waveforms"].items()}
        return Ledger(parameters, waveforms, {k: v for k, v in file.attrs.items() if k != "length"})


def inject(strain: np.ndarray, injections: Ledger, start: float, ifos: list[str]) -> None:
    """Add each waveform so that its merger is at its injection time."""
    rate = injections.metadata["sample_rate"]
    lead = round(injections.metadata["coalescence_time"] * rate)
    for n, time in enumerate(injections["injection_time"]):
        first = round((time - start) * rate) - lead
        for i, ifo in enumerate(ifos):
            waveform = injections.waveforms[ifo.lower()][n]
            low, high = max(first, 0), min(first + len(waveform), strain.shape[1])
            strain[i, low:high] += waveform[low - first : high - first]


@inherits(InferParameters)
class Infer(AframeMergeTask):
    """Merges the branches; background events are sorted by their statistic."""

    remove_tmpdir = luigi.BoolParameter(default=True)

    exclude_params_req = AframeMergeTask.exclude_params_req | {"output_dir"}

    def requires(self):
        return DeployInferLocal.req(self, output_dir=self.output_dir, workflow=self.workflow)

    def output(self):
        names = {"foreground": "foreground.hdf5", "background": "background.hdf5"}
        if self.zero_lag:
            names["zero_lag"] = "0lag.hdf5"
        return {key: law.LocalFileTarget(str(self.output_dir / name)) for key, name in names.items()}

    def run(self):
        branches = list(self.input().collection.targets.values())
        foreground = Ledger.merge([Ledger.read(branch["foreground"].path) for branch in branches])
        background = [Ledger.read(branch["background"].path) for branch in branches]
        unshifted = [part for part in background if len(part) and not part["shift"].any()]
        shifted = Ledger.merge([part for part in background if len(part) and part["shift"].any()])
        outputs = self.output()
        if self.zero_lag:
            Ledger.merge(unshifted).write(outputs["zero_lag"].path)
        if len(shifted):
            shifted = shifted.select(np.argsort(shifted["detection_statistic"], kind="stable"))
        foreground.write(outputs["foreground"].path)
        shifted.write(outputs["background"].path)
        if self.remove_tmpdir:
            shutil.rmtree(self.output_dir / "tmp")
        live = shifted.metadata.get("Tb", 0)
        self.say(f"{len(shifted)} background events in {live:.0f} s, {len(foreground)} injections analysed")

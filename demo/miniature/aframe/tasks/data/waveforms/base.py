"""Parameters of all waveform tasks, and the sampling they share."""

import law
import luigi
import numpy as np

from aframe.parameters import load_prior
from ledger import Ledger
from physics import cosmology
from physics.detectors import project
from physics.inspiral import polarizations, snrs


class WaveformParameters(law.Task):
    num_signals = luigi.IntParameter()
    sample_rate = luigi.FloatParameter(description="Hz")
    waveform_duration = luigi.FloatParameter(description="s")
    prior = luigi.Parameter(description="Python path of a function that makes a prior")
    minimum_frequency = luigi.FloatParameter(default=20, description="Hz")
    reference_frequency = luigi.FloatParameter(default=50, description="Hz; accepted, there are no spins to refer to")
    waveform_approximant = luigi.Parameter(default="IMRPhenomXPHM", description="accepted; signals are leading order")
    coalescence_time = luigi.OptionalFloatParameter(default=None, description="s from the start of the waveform")
    right_pad = luigi.OptionalFloatParameter(default=None, description="s from the merger to the end of the waveform")
    seed = luigi.IntParameter(default=101588)

    @property
    def merger_time(self) -> float:
        """s from the start of the waveform, given either way."""
        if self.coalescence_time is not None:
            time = self.coalescence_time
        elif self.right_pad is not None:
            time = self.waveform_duration - self.right_pad
        else:
            time = self.waveform_duration / 2
        if not 0 < time <= self.waveform_duration:
            raise ValueError(f"the merger at {time} s is outside waveform_duration = {self.waveform_duration} s")
        return time

    def make_polarizations(self, count: int, rng: np.random.Generator) -> Ledger:
        """`count` signals from the prior as waveforms `plus` and `cross`."""
        parameters = load_prior(self.prior)().sample(count, rng)
        source = {**parameters, "luminosity_distance": cosmology.luminosity_distance(parameters["redshift"])}
        plus, cross = polarizations(
            source, self.sample_rate, self.waveform_duration, self.merger_time, self.minimum_frequency
        )
        return Ledger(parameters, {"cross": cross, "plus": plus}, self.waveform_metadata(count))

    def waveform_metadata(self, num_injections: int) -> dict[str, object]:
        return {
            "sample_rate": self.sample_rate,
            "duration": self.waveform_duration,
            "coalescence_time": self.merger_time,
            "num_injections": num_injections,
        }

    def accepted_signals(self, count: int, psd: np.ndarray, rng: np.random.Generator) -> tuple[Ledger, Ledger]:
        """`count` signals as strain in each detector with network SNR above the threshold, and those drawn in vain."""
        accepted, rejected = [], []
        missing, tried = count, 0
        while missing > 0:
            drawn = self.make_polarizations(missing, rng)
            strain = project(
                drawn.waveforms["plus"], drawn.waveforms["cross"], drawn.parameters, self.ifos, self.sample_rate
            )
            loudness = snrs(strain, psd, self.sample_rate, self.highpass, self.lowpass)
            drawn.parameters.update(snr=np.sqrt((loudness**2).sum(-1)), ifo_snrs=loudness)
            drawn.waveforms = {ifo.lower(): strain[:, i] for i, ifo in enumerate(self.ifos)}
            loud = drawn["snr"] >= self.snr_threshold
            accepted.append(drawn.select(loud))
            rejected.append(Ledger(drawn.select(~loud).parameters, {}, {"ifos": list(self.ifos)}))
            tried += missing
            missing -= int(loud.sum())
            if tried > 1000 * count:
                raise ValueError(
                    f"snr_threshold = {self.snr_threshold}: {count - missing} of {tried} signals of {self.prior} are "
                    f"that loud; lower the threshold"
                )
        signals = Ledger.merge(accepted)
        signals.metadata = {**self.waveform_metadata(tried), "ifos": list(self.ifos)}
        return signals, Ledger.merge(rejected)


class RejectionParameters(WaveformParameters):
    """Parameters of tasks that keep only signals loud enough to be found."""

    ifos = luigi.ListParameter(default=("H1", "L1"))
    snr_threshold = luigi.FloatParameter(default=4)
    highpass = luigi.FloatParameter(description="Hz")
    lowpass = luigi.OptionalFloatParameter(default=None, description="Hz")


def share(total: int, jobs: int, branch: int) -> int:
    """How many of `total` signals a branch makes; the first takes the remainder."""
    return total // jobs + (total % jobs if branch == 0 else 0)

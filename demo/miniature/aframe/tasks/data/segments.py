"""Which stretches of GPS time have data from all detectors."""

import math

import law
import luigi

from aframe.base import AframeTask
from aframe.files import atomic_text
from aframe.parameters import PathParameter
from physics.detectors import coincident, known


class Query(AframeTask):
    """Writes the list of stretches: a header line, then tab-separated index, start, stop and duration in s."""

    start = luigi.FloatParameter(description="GPS s")
    end = luigi.FloatParameter(description="GPS s")
    segments_file = PathParameter()
    ifos = luigi.ListParameter(default=("H1", "L1"))
    flag = luigi.Parameter(default="DATA", description="accepted; the schedule of the miniature has one flag")
    min_duration = luigi.FloatParameter(default=0, description="s")

    def output(self):
        return law.LocalFileTarget(str(self.segments_file))

    def run(self):
        known(self.ifos)
        if self.end <= self.start:
            raise ValueError(f"end = {self.end} is not after start = {self.start}")
        # whole seconds, so that files can be named by them
        segments = coincident(self.ifos, math.ceil(self.start), math.floor(self.end), max(1, self.min_duration))
        if not segments:
            raise ValueError(
                f"no stretch of at least min_duration = {self.min_duration} s between {self.start} and {self.end}"
            )
        lines = [f"{i}\t{a:.0f}\t{b:.0f}\t{b - a:.0f}" for i, (a, b) in enumerate(segments)]
        atomic_text(self.segments_file, "\n".join(["# seg\tstart\tstop\tduration", *lines]) + "\n")
        self.say(f"{len(segments)} segments, {sum(b - a for a, b in segments):.0f} s in all")

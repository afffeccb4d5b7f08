"""Whitened background and signals, and the kernels cut from them."""

from pathlib import Path

import numpy as np

from aframe.files import open_hdf5
from ledger import Ledger
from physics.detectors import project
from physics.whitening import estimate_psd, whiten
from priors.priors import sky_position
from train.settings import Data, UsageError

POOL = 1000  # signals used in one epoch at most


def duration_of(path: Path) -> float:
    """s, from the file's name."""
    try:
        return float(path.stem.split("-")[-1])
    except ValueError:
        raise UsageError(f"{path}: expected a name like background-<start>-<duration>.hdf5") from None


def local(path: str | None, option: str) -> Path:
    if not path:
        raise UsageError(f"--data.{option} is missing")
    if path.startswith("s3://"):
        raise UsageError(f"--data.{option} {path}: the miniature reads local folders only")
    return Path(path)


class Kernels:
    """Everything a run trains and validates on."""

    def __init__(self, settings: Data):
        self.settings = settings
        self.size = round(settings.kernel_length * settings.sample_rate)
        if settings.kernel_length <= settings.left_pad + settings.right_pad:
            raise UsageError(f"kernel_length = {settings.kernel_length} s is not longer than left_pad + right_pad")
        background = local(settings.background_dir or settings.data_dir, "data_dir") / "background"
        waveforms = local(settings.waveforms_dir or settings.data_dir, "data_dir")
        files = sorted(background.glob("*.hdf5"))
        if not files:
            raise UsageError(f"no strain files (*.hdf5) in {background}")
        training, validation = self._split(files)
        self.psd = self._psd(training[-1])
        self.background = [self._whitened(path) for path in training]
        self.valid_background = [self._whitened(path) for path in validation]
        paths = sorted((waveforms / "training_waveforms").glob("*.hdf5"))
        if not paths:
            raise UsageError(f"no waveform files (*.hdf5) in {waveforms / 'training_waveforms'}")
        self.signals = Ledger.merge([Ledger.read(path) for path in paths])
        self.valid_signals = Ledger.read(waveforms / "val_waveforms.hdf5")

    def _split(self, files: list[Path]) -> tuple[list[Path], list[Path]]:
        """Files for training, and from the end those for validation."""
        needed, cut, kept = self.settings.min_valid_duration, len(files), 0.0
        while kept < needed and cut > 0:
            cut -= 1
            kept += duration_of(files[cut])
        if kept < needed or cut == 0:
            total = sum(map(duration_of, files))
            raise UsageError(
                f"{files[0].parent}: {total:.0f} s of strain in {len(files)} files cannot be split into training and "
                f"min_valid_duration = {needed:.0f} s of validation"
            )
        return files[:cut], files[cut:]

    def _strain(self, path: Path) -> np.ndarray:
        with open_hdf5(path) as file:
            missing = [ifo for ifo in self.settings.ifos if ifo not in file]
            if missing:
                raise UsageError(f"{path}: no dataset {missing[0]}; it holds {', '.join(file)}")
            rate = 1 / file[self.settings.ifos[0]].attrs["dx"]
            if round(rate, 6) != self.settings.sample_rate:
                raise UsageError(f"{path}: sample rate {rate} Hz, but sample_rate = {self.settings.sample_rate}")
            return np.stack([file[ifo][:] for ifo in self.settings.ifos]).astype(np.float64)

    def _psd(self, path: Path) -> np.ndarray:
        s = self.settings
        return estimate_psd(self._strain(path), s.sample_rate, s.fftlength or s.kernel_length + s.fduration)

    def _whiten(self, strain: np.ndarray) -> np.ndarray:
        s = self.settings
        return whiten(strain, self.psd, s.sample_rate, s.fduration, s.highpass, s.lowpass)

    def _whitened(self, path: Path) -> np.ndarray:
        """Valid part of a file, shape (ifos, samples)."""
        edge = round(self.settings.fduration / 2 * self.settings.sample_rate)
        return self._whiten(self._strain(path))[:, edge:-edge]

    def signal_pool(self, rng: np.random.Generator) -> np.ndarray:
        """Signals of an epoch as seen from random directions, whitened, network SNR 1; (n, ifos, samples)."""
        signals = self.signals
        if len(signals) > POOL:
            signals = signals.select(np.sort(rng.choice(len(signals), POOL, replace=False)))
        plus, cross = signals.waveforms["plus"], signals.waveforms["cross"]
        sky = sky_position(len(signals), rng)
        strain = project(plus, cross, sky, self.settings.ifos, self.settings.sample_rate)
        whitened = self._whiten(strain)
        return whitened / np.sqrt((whitened**2).sum((1, 2), keepdims=True) + 1e-12)

    def _cut(self, signals: np.ndarray, merger: int, position: np.ndarray) -> np.ndarray:
        """Kernels (n, ifos, size) of signals whose sample `merger` comes to lie at `position` (n,)."""
        padded = np.pad(signals, ((0, 0), (0, 0), (self.size, self.size)))
        first = merger + self.size - position
        return np.stack([row[:, start : start + self.size] for row, start in zip(padded, first, strict=True)])

    def _noise(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Kernels (n, ifos, size) with the detectors taken at unrelated times."""
        kernels = np.empty((count, len(self.settings.ifos), self.size), np.float32)
        sizes = np.array([part.shape[1] - self.size for part in self.background], float)
        for i in range(len(self.settings.ifos)):
            choice = rng.choice(len(sizes), count, p=sizes / sizes.sum())
            start = (rng.random(count) * sizes[choice]).astype(int)
            for n in range(count):
                kernels[n, i] = self.background[choice[n]][i, start[n] : start[n] + self.size]
        return kernels

    def batch(self, pool: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """One training batch: kernels (b, ifos, size) and labels (b,); signals come first."""
        s = self.settings
        kernels = self._noise(s.batch_size, rng)
        count = max(1, round(s.waveform_prob * s.batch_size))
        law = {"minimum": 4, "maximum": 100, "index": -3, **(s.snr_sampler.get("init_args") or {})}
        exponent = law["index"] + 1
        low, high = law["minimum"] ** exponent, law["maximum"] ** exponent
        snr = (low + rng.random(count) * (high - low)) ** (1 / exponent)
        chosen = pool[rng.integers(len(pool), size=count)] * (snr * rng.choice([-1, 1], count))[:, None, None]
        span = s.kernel_length - s.left_pad - s.right_pad
        position = ((s.left_pad + rng.random(count) * span) * s.sample_rate).astype(int)
        merger = round(self.signals.metadata["coalescence_time"] * s.sample_rate)
        kernels[:count] += self._cut(chosen.astype(np.float32), merger, position)
        labels = np.zeros(s.batch_size, np.float32)
        labels[:count] = 1
        return kernels, labels

    def validation(self) -> tuple[np.ndarray, np.ndarray]:
        """Background kernels (n, ifos, size), and the same number of views of each signal in background (m, …)."""
        s = self.settings
        stride = max(1, round(s.valid_stride * s.sample_rate))
        wanted = max(1, int(s.valid_livetime / s.valid_stride))
        kernels: list[np.ndarray] = []
        for slide in range(1000):
            for part in self.valid_background:
                rolled = [np.roll(part[i], i * slide * stride * 7) for i in range(len(part))]
                starts = range(0, part.shape[1] - self.size, stride)
                kernels += [np.stack([row[a : a + self.size] for row in rolled]) for a in starts]
            if len(kernels) >= wanted:
                break
        noise = np.stack(kernels[:wanted])
        strain = np.stack([self.valid_signals.waveforms[ifo.lower()] for ifo in s.ifos], 1).astype(np.float64)
        whitened = self._whiten(strain)
        merger = round(self.valid_signals.metadata["coalescence_time"] * s.sample_rate)
        views = np.linspace(s.left_pad, s.kernel_length - s.right_pad, s.num_valid_views) * s.sample_rate
        cuts = [self._cut(whitened, merger, np.full(len(whitened), int(view))) for view in views]
        injected = np.concatenate(cuts)
        return noise, injected + noise[np.arange(len(injected)) % len(noise)]

"""Stationary Gaussian noise with the shape of the advanced-LIGO design sensitivity, as a function of GPS time."""

import zlib

import numpy as np
from scipy.signal import oaconvolve

BLOCK = 16  # s of white noise per random stream
FILTER = 4  # s, length of the colouring filter


def design_psd(frequency: np.ndarray) -> np.ndarray:
    """One-sided power spectral density in 1/Hz of advanced LIGO (zero-detuned, high power).

    The analytic fit of P. Ajith, Phys. Rev. D 84, 084037 (2011), arXiv:1107.1267, section on the reach of searches.
    It holds from 20 Hz up; below 15 Hz it is continued as a constant, so that strain keeps a moderate range.
    """
    x = np.maximum(frequency, 15.0) / 245.4
    return 1e-48 * (0.0152 * x**-4 + 0.2935 * x**2.25 + 2.7951 * x**1.5 - 6.5080 * x**0.75 + 17.7622)


def white_noise(ifo: str, first: int, last: int, sample_rate: int) -> np.ndarray:
    """Unit-variance samples from GPS second `first` to `last`; the same second always holds the same samples."""
    blocks = range(first // BLOCK, -(-last // BLOCK))
    key = zlib.crc32(ifo.encode())
    samples = [np.random.default_rng([key, block]).standard_normal(BLOCK * sample_rate) for block in blocks]
    offset = (first - blocks[0] * BLOCK) * sample_rate
    return np.concatenate(samples)[offset : offset + (last - first) * sample_rate]


def detector_noise(ifo: str, start: int, duration: int, sample_rate: int) -> np.ndarray:
    """Strain of detector `ifo`, shape (duration * sample_rate,), float64.

    Noise belongs to a detector and a GPS time, so files that are cut differently agree where they overlap.
    """
    size = FILTER * sample_rate
    amplitude = np.sqrt(design_psd(np.fft.rfftfreq(size, 1 / sample_rate)) * sample_rate / 2)
    kernel = np.roll(np.fft.irfft(amplitude, size), size // 2) * np.hanning(size)
    white = white_noise(ifo, start - FILTER, start + duration + FILTER, sample_rate)
    coloured = oaconvolve(white, kernel, mode="same")
    return coloured[size : size + duration * sample_rate]

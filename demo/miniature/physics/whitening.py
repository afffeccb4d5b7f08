"""Spectral estimates and whitening."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def estimate_psd(strain: np.ndarray, sample_rate: float, segment: float) -> np.ndarray:
    """One-sided PSD in 1/Hz, strain (..., samples) to (..., segment * sample_rate // 2 + 1).

    Welch's method with Hann windows of `segment` seconds that overlap by half, averaged by the median, whose bias
    for exponentially distributed power is corrected (Allen et al., Phys. Rev. D 85, 122006 (2012), appendix B).
    """
    size = round(segment * sample_rate)
    if strain.shape[-1] < size:
        raise ValueError(f"{strain.shape[-1] / sample_rate} s of strain are too short for a PSD with {segment} s")
    window = np.hanning(size + 1)[:-1]
    pieces = sliding_window_view(strain, size, axis=-1)[..., :: size // 2, :]
    power = np.abs(np.fft.rfft((pieces - pieces.mean(-1, keepdims=True)) * window)) ** 2
    count = power.shape[-2]
    terms = np.arange(1, (count - 1) // 2 + 1)
    bias = 1 + (1 / (2 * terms + 1) - 1 / (2 * terms)).sum()
    return np.median(power, axis=-2) / bias * 2 / (sample_rate * (window**2).sum())


def whiten(
    strain: np.ndarray,
    psd: np.ndarray,
    sample_rate: float,
    fduration: float,
    highpass: float,
    lowpass: float | None,
) -> np.ndarray:
    """Strain of shape (..., samples) with unit variance per sample for noise of that PSD; float32, same shape.

    The filter is the inverse amplitude spectrum cut to `fduration` seconds, so the first and last `fduration` / 2
    seconds of the result are not valid.
    """
    taps = round(fduration * sample_rate)
    frequency = np.fft.rfftfreq(taps, 1 / sample_rate)
    source = np.linspace(0, sample_rate / 2, psd.shape[-1])
    band = (frequency >= highpass) & (frequency <= (lowpass or np.inf))
    rows = psd.reshape(-1, psd.shape[-1])
    # the estimate scatters; interpolating its logarithm keeps the inverse finite
    inverse = np.stack([np.exp(-0.5 * np.interp(frequency, source, np.log(row))) for row in rows]) * band
    impulse = np.roll(np.fft.irfft(inverse, taps), taps // 2, -1) * np.hanning(taps)
    size = strain.shape[-1] + taps
    response = np.fft.rfft(impulse, size).reshape(*psd.shape[:-1], -1)
    filtered = np.fft.irfft(np.fft.rfft(strain, size) * response, size)
    whitened = filtered[..., taps // 2 : taps // 2 + strain.shape[-1]] * np.sqrt(2 / sample_rate)
    return whitened.astype(np.float32)

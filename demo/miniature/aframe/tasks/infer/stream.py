"""A network run over a stretch of data, and the events in its output."""

import numpy as np

from ledger import Ledger
from physics.whitening import estimate_psd, whiten
from train.network import Network


def predict(
    network: Network, background: np.ndarray, strain: np.ndarray, preprocessing: dict, batch_size: int, rate: float
) -> np.ndarray:
    """Logits at `rate` per second for strain (ifos, samples), one per kernel, from `psd_length` on.

    Each batch is whitened with the PSD of the `psd_length` seconds of `background` just before it, so that an
    injected signal does not whiten itself.
    """
    p = preprocessing
    sample_rate = p["sample_rate"]
    stride, kernel = round(sample_rate / rate), network.shape.kernel_size
    psd_size, edge = round(p["psd_length"] * sample_rate), round(p["fduration"] / 2 * sample_rate)
    segment = p["fftlength"] or p["kernel_length"] + p["fduration"]
    logits = []
    last = strain.shape[1] - kernel - edge  # start of the last kernel
    for first in range(psd_size, last + 1, batch_size * stride):
        starts = np.arange(first, min(first + batch_size * stride, last + 1), stride)
        psd = estimate_psd(background[:, first - psd_size : first], sample_rate, segment)
        block = strain[:, first - edge : starts[-1] + kernel + edge]
        whitened = whiten(block, psd, sample_rate, p["fduration"], p["highpass"], p["lowpass"])[:, edge:]
        logits.append(network(np.stack([whitened[:, s - first : s - first + kernel] for s in starts])))
    return np.concatenate(logits) if logits else np.zeros(0, np.float32)


def integrate(logits: np.ndarray, rate: float, length: float) -> np.ndarray:
    """Mean of each value and those before it within `length` seconds."""
    size = int(rate * length) + 1
    return np.convolve(logits, np.ones(size) / size, mode="full")[: len(logits)]


def cluster(values: np.ndarray, rate: float, length: float) -> np.ndarray:
    """Indices of values that nothing within half of `length` seconds on either side exceeds."""
    half = max(1, int(rate * length / 2))
    found, i = [], 0
    while i < len(values):
        ahead = values[i + 1 : i + 1 + half]
        if len(ahead) and ahead.max() >= values[i]:
            i += 1 + int(ahead.argmax())
        else:
            found.append(i)
            i += half + 1
    return np.array(found, dtype=int)


def events(logits: np.ndarray, start: float, shifts: list[float], rate: float, integration: float, clustering: float):
    """Events of a time slide as a ledger: `detection_statistic`, `detection_time` (GPS s), `shift`; `Tb` in s."""
    values = integrate(logits, rate, integration)
    index = cluster(values, rate, clustering)
    parameters = {
        "detection_statistic": values[index].astype(np.float64),
        "detection_time": start + index / rate,
        "shift": np.tile(np.array(shifts, float), (len(index), 1)),
    }
    return Ledger(parameters, {}, {"Tb": len(logits) / rate})


def recover(found: Ledger, injections: Ledger) -> Ledger:
    """Each injection with the event closest to it in time."""
    nearest = np.abs(injections["injection_time"][:, None] - found["detection_time"]).argmin(1)
    parameters = {name: found[name][nearest] for name in ("detection_statistic", "detection_time")}
    metadata = {**injections.metadata, "num_injections": len(nearest), **found.metadata}
    return Ledger({**parameters, **injections.parameters}, {}, metadata)

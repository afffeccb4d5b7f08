"""Sensitive volume by weighted Monte Carlo, and its plot."""

import base64
import io
from dataclasses import dataclass

import numpy as np

from ledger import Ledger
from physics.cosmology import astrophysical_volume
from priors.priors import Prior, log_normal_masses

YEAR = 31556952.0  # s
MAX_FAR = 365.0  # per year, as upstream
LEAST_EVENTS = 100  # a short background reaches to the rate of this many events, where MAX_FAR has fewer
SIGMA = 0.1  # width of the log-normal mass distributions
MAX_SNR = 1e4


@dataclass(frozen=True)
class SensitiveVolume:
    """`volumes` and `errors` in Gpc^3 have shape (pairs, thresholds); `fars` are per year, ascending."""

    thresholds: np.ndarray
    fars: np.ndarray
    pairs: list[tuple[float, float]]
    volumes: np.ndarray
    errors: np.ndarray

    def summary(self) -> list[str]:
        return [f"{a}-{b}: {v[0]:.2f} Gpc^3" for (a, b), v in zip(self.pairs, self.volumes, strict=True)]


def sensitive_volume(
    background: Ledger,
    foreground: Ledger,
    rejected: Ledger,
    source: Prior,
    pairs: list[tuple[float, float]],
    dt: float,
) -> SensitiveVolume:
    """Volume times the weighted part of injections louder than the k-th loudest background event, for each k."""
    if not len(background) or not len(foreground):
        raise ValueError("no background events or no injections; see Tb, num_signals and the length of the test data")
    foreground = foreground.select(foreground["snr"] <= MAX_SNR)
    live = background.metadata["Tb"] / YEAR
    count = min(len(background), max(int(MAX_FAR * live), LEAST_EVENTS))
    fars = np.arange(1, count + 1) / live
    thresholds = np.sort(background["detection_statistic"])[::-1][:count]
    in_time = np.abs(foreground["detection_time"] - foreground["injection_time"]) <= dt
    louder = foreground["detection_statistic"] >= thresholds[:, None]
    total = astrophysical_volume(source.max_redshift) / 1e9
    volumes, errors = np.empty((2, len(pairs), count))
    for i, pair in enumerate(pairs):
        target = log_normal_masses(*pair, sigma=SIGMA)
        weights = importance(foreground, source, target)
        norm = weights.sum() + importance(rejected, source, target).sum()
        if norm == 0:
            raise ValueError(f"mass_combos: no injection has masses near {pair}")
        weights = np.where(in_time, weights / norm, 0)
        volumes[i] = louder @ weights
        errors[i] = np.sqrt(((weights * (louder - volumes[i][:, None])) ** 2).sum(1))
    return SensitiveVolume(thresholds, fars, pairs, volumes * total, errors * total)


def importance(injections: Ledger, source: Prior, target) -> np.ndarray:
    """Ratio of target to source density of each injection's source-frame masses."""
    masses = [injections[name] / (1 + injections["redshift"]) for name in ("mass_1", "mass_2")]
    density = source.mass_density(*masses)
    return np.divide(target(*masses), density, out=np.zeros_like(density), where=density > 0)


def draw(result: SensitiveVolume) -> str:
    """A self-contained web page with one panel per pair of masses."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "aframe", "font.size": 11, "axes.grid": True, "grid.alpha": 0.3})
    from matplotlib import pyplot

    rows = -(-len(result.pairs) // 2)
    figure, axes = pyplot.subplots(rows, 2, figsize=(11, 3.9 * rows), squeeze=False, layout="constrained")
    for axis, pair, volume, error in zip(axes.flat, result.pairs, result.volumes, result.errors, strict=False):
        axis.plot(result.fars, volume, drawstyle="steps-post", color="#1f5fa8")
        axis.fill_between(result.fars, volume - error, volume + error, step="post", color="#1f5fa8", alpha=0.2)
        axis.set_xscale("log")
        axis.set_ylim(bottom=0)
        axis.set_title(f"{pair[0]} + {pair[1]} solar masses (log-normal, width {SIGMA})", fontsize=11)
        axis.set_xlabel("false-alarm rate (per year)")
        axis.set_ylabel("sensitive volume (Gpc³)")
    for axis in axes.flat[len(result.pairs) :]:
        axis.remove()
    image = io.BytesIO()
    figure.savefig(image, format="svg", metadata={"Date": None})
    pyplot.close(figure)
    source = base64.b64encode(image.getvalue()).decode()
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Sensitive volume</title></head>\n'
        '<body style="font-family:sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem">\n'
        "<h1>Sensitive volume</h1>\n"
        "<p>Volume in which a source of the given masses is found above the threshold of a false-alarm rate; bands are "
        "one standard deviation. Made by the miniature Aframe from simulated noise and leading-order inspirals: it "
        "shows that the pipeline works, not how sensitive a real search is.</p>\n"
        f'<img alt="Sensitive volume against false-alarm rate" style="width:100%" '
        f'src="data:image/svg+xml;base64,{source}">\n</body></html>\n'
    )
